/** The only rule for secret names, for all places with a name and a value. */
import { Remembered } from './remembered.ts'

/** Names that are always secret. Compared without case, dashes, dots and underscores. */
const SECRET_NAMES = new Set(['auth', 'cvc', 'cvv', 'dsn', 'jwt', 'otp', 'pass', 'pin', 'pwd', 'sid', 'ssn'])

/** Parts that make a name secret, unless its value is a number or a boolean (`maxTokens: 5`). */
const SECRET_PARTS = [
  'accesskey',
  'accountkey',
  'apikey',
  'authkey',
  'authorization',
  'cardnumber',
  'connectionstring',
  'cookie',
  'credential',
  'creditcard',
  'encryptionkey',
  'masterkey',
  'passcode',
  'passphrase',
  'passwd',
  'password',
  'pincode',
  'privatekey',
  'secret',
  'securitycode',
  'sessid',
  'sessionid',
  'sessionkey',
  'sharedkey',
  'signingkey',
  'subscriptionkey',
  'token',
]

/** Secret parts whose values are often digits. A name that ends in one is also secret for a number. */
const SECRET_DIGITS = [
  'cardnumber',
  'creditcard',
  'passcode',
  'passwd',
  'password',
  'pincode',
  'securitycode',
]

/**
 * Last words that make a name secret (`db_pass`, `cardCvv`, `connect.sid`). They are too short to match
 * within other words, such as `passenger`, `compass` and `aside`.
 */
const SECRET_WORDS = new Set([...SECRET_NAMES, 'creds', 'csrf', 'hmac', 'sig', 'signature', 'totp', 'xsrf'])

/** Words after a secret word that keep it secret: `pinCode`, `auth_header`, `pass-confirm`. */
const COMPLEMENTS = new Set([
  'code',
  'confirm',
  'confirmation',
  'hash',
  'header',
  'new',
  'number',
  'old',
  'value',
])

/** Names that are secret only as parameters of queries and forms: a field `code` may hold `ECONNREFUSED`. */
const SECRET_PARAMETERS = new Set(['code', 'key'])

/** Limit of the cache, against an endless variety of names. */
const REMEMBERED_NAMES = 1_000
/** A longer name is judged by both of its ends, and is not cached. */
const MAX_NAME = 256

/**
 * Whether a name makes its value secret: `always`; `numbers`: unless it is a boolean (`hasPin: true`);
 * `texts`: unless it is a number or a boolean (`maxTokens: 5`); `never`.
 */
export type Secrecy = 'always' | 'numbers' | 'texts' | 'never'

/** Whether a value of this secrecy must be hidden. */
export function isHidden(secrecy: Secrecy, value: unknown): boolean {
  if (secrecy === 'never' || value === undefined || value === null) return false
  if (secrecy === 'always') return true
  return typeof value !== 'boolean' && (secrecy === 'numbers' || typeof value !== 'number')
}

/** Classifies names. */
export interface SecretNames {
  secrecyOf(name: string): Secrecy
  /** The same for a parameter of a query or form, which may have brackets: `card[cvv]`. */
  secrecyOfParameter(name: string): Secrecy
}

/** @param more further names that are always secret */
export function secretNames(more: readonly string[]): SecretNames {
  const names = new Set([...SECRET_NAMES, ...more.map(plain).filter((name) => name !== '')])
  const judge = (name: string): Secrecy => {
    const word = plain(name)
    // For `card[cvv]` and `user.pin`, the last name of the path is checked.
    if (names.has(word) || names.has(plain(lastOf(name)))) return 'always'
    const words = wordsOf(name)
    const last = words.at(-1) ?? ''
    if (SECRET_WORDS.has(last) || SECRET_DIGITS.some((part) => word.endsWith(part))) return 'numbers'
    if (COMPLEMENTS.has(last) && SECRET_WORDS.has(words.at(-2) ?? '')) return 'texts'
    return SECRET_PARTS.some((part) => word.includes(part)) ? 'texts' : 'never'
  }
  const remembered = new Remembered(judge, REMEMBERED_NAMES)
  const secrecyOf = (name: string): Secrecy => {
    // Numbers before a colon are frequent in texts, all different, and would evict the names from the cache.
    if (isNumber(name)) return names.has(name) ? 'always' : 'never'
    return name.length <= MAX_NAME
      ? remembered.get(name)
      : judge(`${name.slice(0, MAX_NAME / 2)}.${name.slice(-MAX_NAME / 2)}`)
  }
  return {
    secrecyOf,
    secrecyOfParameter: (name) => (SECRET_PARAMETERS.has(name.toLowerCase()) ? 'texts' : secrecyOf(name)),
  }
}

/** Whether a name has digits only. */
function isNumber(name: string): boolean {
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at)
    if (code < 48 || code > 57) return false
  }
  return true
}

/** Normalizes spellings: `Set-Cookie`, `set_cookie` and `setCookie` are equal. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

/** The last name of `card[cvv]`, `items[0][pin]` or `user.pin`. An index is not a name. */
function lastOf(name: string): string {
  return name.split(/[.[\]]/).findLast((part) => part !== '' && !/^\d+$/.test(part)) ?? ''
}

/** The words of a name: `dbPass`, `DB_PASS` and `db-pass2` have the same two. */
function wordsOf(name: string): string[] {
  return name
    .replace(/(\p{Ll})(?=\p{Lu})/gu, '$1 ')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '')
}
