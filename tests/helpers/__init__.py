"""What several tests share: made-up networks, runs and recordings, a second engine, a browser."""
