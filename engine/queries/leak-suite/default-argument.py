# A default argument that is changed lives as long as the function.
def collect(value, seen=[]):
    seen.append((value, str(value)))
    return len(seen)


def main():
    for n in range(1500):
        collect(n + 1000)


main()
