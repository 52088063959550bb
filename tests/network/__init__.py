"""Several hosts on one machine: network namespaces, links that can be cut, a real coturn in the middle."""
