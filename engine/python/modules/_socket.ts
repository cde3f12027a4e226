// _socket: what asyncio and socketpair need. DIFFERS: there is no network; connecting and looking up names fail as on a
// machine without one. Modules/socketmodule.c.
import { PyObject_GetBufferBytes, PyBuffer_Release, contiguousCopy, PyObject_GetWritableBytes } from '../objects/memoryobject'
import { PyBool_From } from '../objects/boolobject'
import { PyBytes_FromBytes } from '../objects/bytesobject'
import { PyErr_NewException, PyErr_Occurred, PyErr_SetObject, PyErr_SetString, raiseErrno } from '../objects/errors'
import { errnoOf } from '../objects/errno'
import { PyExc_OSError, PyExc_TimeoutError } from '../objects/exceptions'
import { PyFloat_AsDouble, PyFloat_FromDouble } from '../objects/floatobject'
import { parseTupleAndKeywords } from '../objects/getargs-keywords'
import { PyLong_AsInt, PyLong_FromLong } from '../objects/longobject'
import { PyModule_AddIntConstant, PyModule_AddObject, PyModule_AddObjectRef, PyModule_Create } from '../objects/moduleobject'
import {
  METH_FASTCALL, METH_MAY_BLOCK, METH_NOARGS, METH_O, METH_VARARGS, METH_KEYWORDS, Py_DECREF, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_IMMUTABLETYPE, type PyMethodDef, type PyObject,
  type PyTypeObject,
} from '../objects/object'
import { PyObject_IsTrue } from '../objects/object-protocol'
import { Py_None } from '../objects/singletons'
import { PyTuple_FromArray } from '../objects/tupleobject'
import { PyType_FromModuleAndSpec } from '../objects/typeobject'
import { PyUnicode_FromString, unicodeFromText } from '../objects/unicodeobject'
import { READY, SUSPENDED, waitFor } from '../vm/threads'
import { SocketEnd, closeSocket, openSocket, socketEnds } from './socket-table'

const CONSTANTS: Readonly<Record<string, number>> = {
  AF_INET: 2, AF_INET6: 10, AF_UNIX: 1, AF_UNSPEC: 0, AI_ADDRCONFIG: 32, AI_ALL: 16, AI_CANONNAME: 2, AI_NUMERICHOST: 4, AI_NUMERICSERV: 1024,
  AI_PASSIVE: 1, AI_V4MAPPED: 8, EAI_ADDRFAMILY: -9, EAI_AGAIN: -3, EAI_BADFLAGS: -1, EAI_FAIL: -4, EAI_FAMILY: -6, EAI_MEMORY: -10,
  EAI_NODATA: -5, EAI_NONAME: -2, EAI_OVERFLOW: -12, EAI_SERVICE: -8, EAI_SOCKTYPE: -7, EAI_SYSTEM: -11, IPPROTO_IP: 0, IPPROTO_ICMP: 1,
  IPPROTO_IPV6: 41, IPPROTO_TCP: 6, IPPROTO_UDP: 17, IPV6_V6ONLY: 26, MSG_DONTROUTE: 4, MSG_DONTWAIT: 64, MSG_PEEK: 2, MSG_OOB: 1, MSG_WAITALL: 256,
  NI_DGRAM: 16, NI_MAXHOST: 1025, NI_MAXSERV: 32, NI_NAMEREQD: 8, NI_NOFQDN: 4, NI_NUMERICHOST: 1, NI_NUMERICSERV: 2, SHUT_RD: 0, SHUT_RDWR: 2,
  SHUT_WR: 1, SOCK_CLOEXEC: 524288, SOCK_DGRAM: 2, SOCK_NONBLOCK: 2048, SOCK_RAW: 3, SOCK_RDM: 4, SOCK_SEQPACKET: 5, SOCK_STREAM: 1,
  SOL_IP: 0, SOL_SOCKET: 1, SOL_TCP: 6, SOL_UDP: 17, SOMAXCONN: 4096, SO_BROADCAST: 6, SO_ERROR: 4, SO_KEEPALIVE: 9, SO_LINGER: 13,
  SO_RCVBUF: 8, SO_REUSEADDR: 2, SO_REUSEPORT: 15, SO_SNDBUF: 7, SO_TYPE: 3, TCP_NODELAY: 1, INADDR_ANY: 0, INADDR_LOOPBACK: 0x7f000001,
}

class SocketData {
  fd = -1
  family = 2
  type = 1
  proto = 0
  /** Seconds; -1 blocks. */
  timeout = -1
}

const data = (o: PyObject): SocketData => o.v as SocketData
const ref = (o: PyObject): PyObject => (o.ob_refcnt++, o)
const none = (): PyObject => ref(Py_None)
const osError = (name: string): null => raiseErrno(errnoOf(name))

const endOf = (o: PyObject): SocketEnd | null => socketEnds().get(data(o).fd) ?? osError('EBADF')

const integer = (o: PyObject | null | undefined, otherwise: number): number => o === null || o === undefined || o === Py_None ? otherwise : PyLong_AsInt(o)

function sock_init(self: PyObject, args: PyObject, kwargs: PyObject | null): number {
  const given = parseTupleAndKeywords('socket', ['family', 'type', 'proto', 'fileno'], 0, 4, args, kwargs)
  if (given === null) return -1
  const d = data(self)
  const family = integer(given[0], -1)
  const type = integer(given[1], -1)
  const proto = integer(given[2], -1)
  const fileno = integer(given[3], -2)
  if (PyErr_Occurred() !== null) return -1
  d.family = family === -1 ? 2 : family
  d.type = (type === -1 ? 1 : type) & 0xf
  d.proto = proto === -1 ? 0 : proto
  d.fd = fileno !== -2 ? fileno : openSocket(new SocketEnd())
  return 0
}

/** Bytes of an object with a buffer; null with an exception set. */
function bytesOf(o: PyObject): Uint8Array | null {
  const view = PyObject_GetBufferBytes(o)
  if (view === null) return null
  const bytes = contiguousCopy(view)
  PyBuffer_Release(view)
  return bytes
}

/** At most `size` bytes that have come; 'wait': null is to be returned. */
function receive(o: PyObject, size: number): Uint8Array | null {
  const end = endOf(o)
  if (end === null) return null
  if (end.received.length === 0 && !end.ended) {
    const { timeout } = data(o)
    const outcome = timeout === 0 ? 0 : waitFor(() => end.received.length > 0 || end.ended, timeout < 0 ? Infinity : timeout * 1e9)
    if (outcome === SUSPENDED) return null
    if (outcome !== READY) return timeout === 0 ? osError('EAGAIN') : PyErr_SetString(PyExc_TimeoutError, 'timed out')
  }
  const first = end.received[0]
  if (first === undefined) return new Uint8Array(0)
  if (first.length <= size) {
    end.received.shift()
    return first
  }
  end.received[0] = first.subarray(size)
  return first.subarray(0, size)
}

function send(o: PyObject, args: PyObject[], all: boolean): PyObject | null {
  const bytes = bytesOf(args[0]!)
  if (bytes === null) return null
  const end = endOf(o)
  if (end === null) return null
  if (end.peer === null) return osError(end.ended ? 'EPIPE' : 'ENOTCONN')
  if (bytes.length > 0) end.peer.received.push(bytes.slice())
  return all ? none() : PyLong_FromLong(bytes.length)
}

const noNetwork = (): null => osError('ENETUNREACH')

const methods: PyMethodDef[] = [
  { ml_name: 'fileno', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyLong_FromLong(data(o).fd) },
  {
    ml_name: 'close', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => {
      closeSocket(data(o).fd)
      data(o).fd = -1
      return none()
    },
  },
  {
    ml_name: 'detach', ml_flags: METH_NOARGS,
    ml_meth: (o: PyObject) => {
      const { fd } = data(o)
      data(o).fd = -1
      return PyLong_FromLong(fd)
    },
  },
  {
    ml_name: 'setblocking', ml_flags: METH_O,
    ml_meth: (o: PyObject, arg: PyObject) => {
      const block = PyObject_IsTrue(arg)
      if (block < 0) return null
      data(o).timeout = block > 0 ? -1 : 0
      return none()
    },
  },
  { ml_name: 'getblocking', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => PyBool_From(data(o).timeout !== 0) },
  {
    ml_name: 'settimeout', ml_flags: METH_O,
    ml_meth: (o: PyObject, arg: PyObject) => {
      const seconds = arg === Py_None ? -1 : PyFloat_AsDouble(arg)
      if (PyErr_Occurred() !== null) return null
      data(o).timeout = seconds
      return none()
    },
  },
  { ml_name: 'gettimeout', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => data(o).timeout < 0 ? none() : PyFloat_FromDouble(data(o).timeout) },
  {
    ml_name: 'recv', ml_flags: METH_FASTCALL | METH_MAY_BLOCK,
    ml_meth: (o: PyObject, args: PyObject[]) => {
      const size = PyLong_AsInt(args[0]!)
      if (size === -1 && PyErr_Occurred() !== null) return null
      const bytes = receive(o, size)
      return bytes === null ? null : PyBytes_FromBytes(bytes)
    },
  },
  {
    ml_name: 'recv_into', ml_flags: METH_FASTCALL | METH_MAY_BLOCK,
    ml_meth: (o: PyObject, args: PyObject[]) => {
      const view = PyObject_GetWritableBytes(args[0]!)
      if (view === null) return null
      const bytes = receive(o, view.bytes.length)
      if (bytes !== null) view.bytes.set(bytes)
      PyBuffer_Release(view)
      return bytes === null ? null : PyLong_FromLong(bytes.length)
    },
  },
  { ml_name: 'send', ml_flags: METH_FASTCALL, ml_meth: (o: PyObject, args: PyObject[]) => send(o, args, false) },
  { ml_name: 'sendall', ml_flags: METH_FASTCALL, ml_meth: (o: PyObject, args: PyObject[]) => send(o, args, true) },
  {
    ml_name: 'shutdown', ml_flags: METH_O,
    ml_meth: (o: PyObject) => {
      const end = endOf(o)
      if (end === null) return null
      if (end.peer === null) return osError('ENOTCONN')
      end.peer.ended = true
      return none()
    },
  },
  { ml_name: 'setsockopt', ml_flags: METH_VARARGS, ml_meth: none },
  { ml_name: 'getsockopt', ml_flags: METH_VARARGS, ml_meth: () => PyLong_FromLong(0) },
  { ml_name: 'getsockname', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => data(o).family === 1 ? PyUnicode_FromString('')
    : PyTuple_FromArray([PyUnicode_FromString('0.0.0.0'), PyLong_FromLong(0)], true) },
  { ml_name: 'getpeername', ml_flags: METH_NOARGS, ml_meth: (o: PyObject) => data(o).family === 1 ? PyUnicode_FromString('') : osError('ENOTCONN') },
  ...['connect', 'connect_ex', 'bind'].map((name): PyMethodDef => ({ ml_name: name, ml_flags: METH_O, ml_meth: noNetwork })),
  ...['listen', '_accept', 'recvfrom', 'sendto', 'recvmsg', 'sendmsg'].map((name): PyMethodDef => ({ ml_name: name, ml_flags: METH_VARARGS, ml_meth: noNetwork })),
]

export function PyInit__socket(): PyObject | null {
  let socketType: PyTypeObject
  let defaultTimeout = -1
  let gaierror: PyObject
  const nameError = (): null => {
    const args = PyTuple_FromArray([PyLong_FromLong(-3), PyUnicode_FromString('Temporary failure in name resolution')], true)
    PyErr_SetObject(gaierror, args)
    Py_DECREF(args)
    return null
  }
  const made = (end: SocketEnd, family: number, type: number): PyObject => {
    const o = socketType.tp_alloc!(socketType, 0)!
    const d = new SocketData()
    d.fd = openSocket(end)
    d.family = family
    d.type = type
    d.timeout = defaultTimeout
    o.v = d
    return o
  }
  const module = PyModule_Create('_socket', [
    {
      ml_name: 'socketpair', ml_flags: METH_FASTCALL,
      ml_meth: (_m: PyObject, args: PyObject[], nargs: number) => {
        const family = nargs > 0 ? PyLong_AsInt(args[0]!) : 1
        const type = nargs > 1 ? PyLong_AsInt(args[1]!) : 1
        if (PyErr_Occurred() !== null) return null
        const [a, b] = [new SocketEnd(), new SocketEnd()]
        a.peer = b
        b.peer = a
        return PyTuple_FromArray([made(a, family, type), made(b, family, type)], true)
      },
    },
    {
      ml_name: 'close', ml_flags: METH_O,
      ml_meth: (_m: PyObject, arg: PyObject) => {
        const fd = PyLong_AsInt(arg)
        if (PyErr_Occurred() !== null) return null
        return closeSocket(fd) ? none() : osError('EBADF')
      },
    },
    { ml_name: 'getdefaulttimeout', ml_flags: METH_NOARGS, ml_meth: () => defaultTimeout < 0 ? none() : PyFloat_FromDouble(defaultTimeout) },
    {
      ml_name: 'setdefaulttimeout', ml_flags: METH_O,
      ml_meth: (_m: PyObject, arg: PyObject) => {
        const seconds = arg === Py_None ? -1 : PyFloat_AsDouble(arg)
        if (PyErr_Occurred() !== null) return null
        defaultTimeout = seconds
        return none()
      },
    },
    { ml_name: 'gethostname', ml_flags: METH_NOARGS, ml_meth: () => PyUnicode_FromString('localhost') },
    ...['getaddrinfo', 'gethostbyname', 'gethostbyaddr', 'getnameinfo', 'gethostbyname_ex'].map((name): PyMethodDef =>
      ({ ml_name: name, ml_flags: METH_VARARGS | METH_KEYWORDS, ml_meth: nameError })),
    ...(['htons', 'ntohs'] as const).map((name): PyMethodDef => ({
      ml_name: name, ml_flags: METH_O,
      ml_meth: (_m: PyObject, arg: PyObject) => {
        const n = PyLong_AsInt(arg)
        return PyErr_Occurred() !== null ? null : PyLong_FromLong(((n & 0xff) << 8) | ((n >> 8) & 0xff))
      },
    })),
  ])
  if (module === null) return null
  const type = PyType_FromModuleAndSpec(module, {
    name: '_socket.socket', tp_basicsize: 48, tp_flags: Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
    tp_new: (cls: PyTypeObject): PyObject | null => {
      const o = cls.tp_alloc!(cls, 0)
      if (o !== null) {
        const d = new SocketData()
        d.timeout = defaultTimeout
        o.v = d
      }
      return o
    },
    tp_init: sock_init,
    tp_dealloc: (o: PyObject): void => {
      const cls = o.ob_type
      if (data(o).fd >= 0) closeSocket(data(o).fd)
      cls.tp_free!(o)
      Py_DECREF(cls)
    },
    tp_repr: (o: PyObject): PyObject | null =>
      unicodeFromText(`<socket object, fd=${data(o).fd}, family=${data(o).family}, type=${data(o).type}, proto=${data(o).proto}>`),
    tp_methods: methods,
    tp_members: [
      { name: 'family', get: (o: PyObject) => PyLong_FromLong(data(o).family) },
      { name: 'type', get: (o: PyObject) => PyLong_FromLong(data(o).type) },
      { name: 'proto', get: (o: PyObject) => PyLong_FromLong(data(o).proto) },
    ],
    tp_getset: [{ name: 'timeout', get: (o: PyObject) => data(o).timeout < 0 ? none() : PyFloat_FromDouble(data(o).timeout) }],
  }, null)
  if (type === null) return null
  socketType = type as PyTypeObject
  PyModule_AddObjectRef(module, 'socket', type)
  PyModule_AddObject(module, 'SocketType', type)
  PyModule_AddObjectRef(module, 'error', PyExc_OSError)
  PyModule_AddObjectRef(module, 'timeout', PyExc_TimeoutError)
  const herror = PyErr_NewException('socket.herror', PyExc_OSError)
  const made2 = PyErr_NewException('socket.gaierror', PyExc_OSError)
  if (herror === null || made2 === null) return null
  gaierror = made2
  PyModule_AddObject(module, 'herror', herror)
  PyModule_AddObjectRef(module, 'gaierror', gaierror)
  PyModule_AddObject(module, 'has_ipv6', PyBool_From(true))
  for (const [name, value] of Object.entries(CONSTANTS)) PyModule_AddIntConstant(module, name, value)
  return module
}
