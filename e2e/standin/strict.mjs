/**
 * Touching what the stand-in does not have is a gap of the stand-in, never `undefined`: it throws, and names it.
 * Setting is allowed, since tests put their own dialogs in place.
 * @template {object} T
 * @param {string} name
 * @param {T} target
 * @returns {T}
 */
export function strict(name, target) {
  return new Proxy(target, {
    get(object, key) {
      if (typeof key === 'symbol' || key in object || key === 'then' || key === 'toJSON') return /** @type {any} */ (object)[key]
      throw new Error(`stand-in: ${name}.${key} is not there`)
    }
  })
}
