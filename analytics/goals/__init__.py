"""Goals: how far, where the year will end, and what asks for attention."""
