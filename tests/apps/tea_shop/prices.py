PRICES = {"tea": 3, "coffee": 4}


def of(item):
    if item not in PRICES:
        raise LookupError(f"there is no price for {item}")
    return PRICES[item]
