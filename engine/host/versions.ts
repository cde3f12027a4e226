// What a recording says of its maker.
import manifest from '../../package.json' with { type: 'json' }

export const ENGINE_VERSION: string = manifest.version
/** The Python that the interpreter is modelled on. */
export const PYTHON_VERSION = '3.11.7'
