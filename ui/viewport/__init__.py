"""The map in the window, piece by piece: camera, canvases, colourings, tools and what is drawn over the map."""
