// From the address of an object to its node, by open addressing in one typed array.

export class AddressTable {
  private readonly address: Int32Array
  /** Node, 0: empty. */
  private readonly cells: Uint32Array
  private readonly shift: number

  /** Addresses of nodes 1 … nodeCount - 1 are all different. */
  constructor(address: Int32Array, nodeCount: number) {
    let length = 16
    while (length < nodeCount * 2) length *= 2
    this.address = address
    this.cells = new Uint32Array(length)
    this.shift = Math.clz32(length - 1)
    for (let node = 1; node < nodeCount; node++) {
      let cell = this.first(address[node]!)
      while (this.cells[cell] !== 0) cell = cell + 1 & length - 1
      this.cells[cell] = node
    }
  }

  /** The node at an address, given signed or unsigned; 0 if there is none. */
  find(address: number): number {
    const wanted = address | 0
    for (let cell = this.first(wanted); ; cell = cell + 1 & this.cells.length - 1) {
      const node = this.cells[cell]!
      if (node === 0 || this.address[node] === wanted) return node
    }
  }

  private first(address: number): number {
    return Math.imul(address, 0x9e3779b1) >>> this.shift
  }
}
