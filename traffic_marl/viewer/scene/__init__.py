"""The scene in metres and seconds: streets, markings, vehicles and lights. No pygame."""
