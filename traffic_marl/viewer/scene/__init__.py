"""What is to be seen, in metres and seconds: streets, markings, vehicles, lights. No pygame."""
