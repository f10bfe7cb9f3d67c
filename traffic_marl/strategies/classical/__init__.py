"""The strategies that are not learned, one file each, and the methods that they share."""
