// _uuid: UUIDs of time and place. Modules/_uuidmodule.c.
// DIFFERS: the place is made up, no network device's; the time is the program's.
import { now } from './clock'
import { PyBytes_FromBytes } from '../objects/bytesobject'
import { PyLong_FromLong } from '../objects/longobject'
import { PyModule_AddIntConstant, PyModule_Create } from '../objects/moduleobject'
import { METH_NOARGS, type PyObject } from '../objects/object'
import { tuplePairSteal } from '../objects/tupleobject'

/** 100 ns units from 15 October 1582 to 1970. */
const GREGORIAN_START = 0x01b21dd213814000n
/** A locally administered address, and a clock sequence with the variant of RFC 4122. */
const NODE_AND_SEQUENCE = [0x9e, 0x4f, 0x02, 0x4d, 0x6f, 0x6c, 0x74, 0x01]

const last = { time: 0n }

// Mirrors uuid_generate_time_safe: never the same time twice.
function generate(): PyObject {
  const time = now() / 100n + GREGORIAN_START
  last.time = time > last.time ? time : last.time + 1n
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, Number(last.time & 0xffffffffn))
  view.setUint16(4, Number(last.time >> 32n & 0xffffn))
  view.setUint16(6, Number(last.time >> 48n) | 0x1000)
  bytes.set(NODE_AND_SEQUENCE, 8)
  // -1: not known to be safe across processes.
  return tuplePairSteal(PyBytes_FromBytes(bytes), PyLong_FromLong(-1))
}

export function PyInit__uuid(): PyObject | null {
  last.time = 0n
  const module = PyModule_Create('_uuid', [{ ml_name: 'generate_time_safe', ml_flags: METH_NOARGS, ml_meth: generate }])
  if (module !== null) PyModule_AddIntConstant(module, 'has_uuid_generate_time_safe', 1)
  return module
}
