"""What drawn components say."""


def texts_in(component: object) -> str:
    """Return everything that a component says; what has no value shows as None or nan."""
    if component is None or isinstance(component, bool | int | float):
        return str(component)
    if isinstance(component, str):
        return component
    if isinstance(component, list | tuple):
        return " ".join(texts_in(part) for part in component)
    return texts_in(getattr(component, "children", None))
