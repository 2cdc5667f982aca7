"""Ways over the city's roads: the network of them, how fast each is driven, the shortest times between places."""
