// The event vocabulary: what the simulated process says of itself, one fixed-stride record of Int32
// words an event, written in execution order into the current chunk of an EventLog.
//
//   word 0  kind (bits 0-3) | domain (bits 4-5) | type or tag id << 6
//   word 1  address in granules of 16 bytes (see address-space.ts): of blocks, never of objects behind a GC head
//   word 2  size in bytes (ALLOC, FREE, REALLOC); kind-specific otherwise
//   word 3  context: node of the frame trie (caller chain and code object) that was executing, 0 = no Python frame
//   word 4  instruction index inside that frame's code object (`lasti` in code units, EXTENDED_ARG and CACHE counted)
//   word 5  low 32 bits of the tick (instructions executed); the reader unwraps it, it never goes back
//
// Nothing is allocated to write an event. What does not fit (code objects, type names, source text, output
// bytes, the working of a collection) travels beside the chunk as a definition with an id, always sent
// before or with the chunk whose events use that id.

export const EVENT_STRIDE = 6

/** A block was handed out. */
export const ALLOC = 1
/** A block was given back. */
export const FREE = 2
/** A block changed size: word 1 the new address, word 2 the new size. Always follows a REALLOC_FROM. */
export const REALLOC = 3
/** First half of a reallocation: word 1 the old address, word 2 the old size. */
export const REALLOC_FROM = 4
/** An object was taken from a free list: word 1 the start of its block, word 2 its size; the block moves to this line. */
export const REUSE = 5
/** An object died into a free list; its block (words as in REUSE) stays allocated. */
export const PARK = 6
/** A collection begins: word 1 generation, word 2 collection id. */
export const GC_START = 7
/** A collection ended: word 1 generation, word 2 collection id; figures in its definition. */
export const GC_END = 8
/** An arena was mapped (word 1 its address, word 2 its bytes) or unmapped (ARENA_FREE). A recording begins with all mapped ones. */
export const ARENA_NEW = 9
export const ARENA_FREE = 10
/** Output: word 1 file descriptor, word 2 length in bytes; bytes in the definition `output`. */
export const OUTPUT = 11
/** sys.audit("mark", label) or molt.mark(label): word 1 mark id. */
export const MARK = 12
/** The running thread (word 1) or task (word 2) changed. */
export const SWITCH = 13
/** Bytes of the process outside pymalloc changed (brk, mmap, stacks): word 1 region id, word 2 its new size in KiB. */
export const REGION = 14
/**
 * The reference count of an object changed (`--record ledger` alone): word 1 the start of its block. In the domain's place
 * stands how: REFERENCE_DROPPED or REFERENCE_TAKEN, and word 2 says by whom (a holder's id, 0: not known), or
 * REFERENCE_COUNT, and word 2 is the count: before the first change of an object whose birth was not seen, and where the
 * count is set. An object that is born has one reference.
 */
export const REFERENCE = 15
export const REFERENCE_DROPPED = 0
export const REFERENCE_TAKEN = 1
export const REFERENCE_COUNT = 2

/** Allocation domains, as in CPython's pymem.h. */
export const DOMAIN_RAW = 0
export const DOMAIN_MEM = 1
export const DOMAIN_OBJ = 2

/**
 * Type ids below FIRST_TYPE name blocks that are not objects themselves but belong to one.
 * From FIRST_TYPE on they are types in order of their first instance, defined beside the chunk.
 */
export const TAG_NONE = 0
export const TAG_LIST_ITEMS = 1
export const TAG_DICT_KEYS = 2
export const TAG_DICT_VALUES = 3
export const TAG_SET_TABLE = 4
export const TAG_BYTEARRAY_BUFFER = 5
export const TAG_DEQUE_BLOCK = 6
export const TAG_INTERPRETER = 7
export const TAG_SCRATCH = 8
export const FIRST_TYPE = 16
