"""RLlib's algorithms, put together with our sampling."""
