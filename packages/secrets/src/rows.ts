/** Values of columns in what databases say: names stand in one place there, and values in another. */
import { CENSOR } from './censor.ts'
import type { SecretNames } from './secret-names.ts'
import { bracketed, lineEnd } from './text-scan.ts'

/** A cheap first look. */
const ROWS = /key \(|for key|values?\s{0,8}\(|password\s{1,4}'|identified by/i

/** PostgreSQL: `Key (tenant, token)=(7, t) already exists.` */
const KEY = /\bKey \(([^=\r\n]{1,256})\)=\(/g
/** MySQL and MariaDB: `Duplicate entry 't' for key 'users.token'`. */
const DUPLICATE = /(\bDuplicate entry ')(.{1,512}?)(' for key '?)([^'\s]{1,128})/g
/** `INSERT INTO users (name, token) VALUES (`, which drivers put into their errors. */
const INSERT = /\b(?:insert|replace)\s[^()]{1,128}\(([^()]{1,1024})\)\s{0,8}values?\s{0,8}(?=\()/gi

/** `ALTER ROLE bob PASSWORD 'p'`, `IDENTIFIED BY 'p'`. */
const ACCOUNT = /(\b(?:password|identified by)\s{1,4}')[^']{1,512}/gi

/** The text with the values censored that stand for columns of which one has a secret name. */
export function maskRows(text: string, names: SecretNames): string {
  if (!ROWS.test(text)) return text
  const hasSecret = (columns: string) =>
    columns.split(/[^\p{L}\p{N}_$-]+/u).some((column) => names.secrecyOf(column) !== 'never')
  const shown = text
    .replace(ACCOUNT, `$1${CENSOR}`)
    .replace(DUPLICATE, (whole: string, before: string, _: string, behind: string, key: string) =>
      hasSecret(key) ? `${before}${CENSOR}${behind}${key}` : whole,
    )
  return maskBehind(maskBehind(shown, KEY, hasSecret, keyEnd), INSERT, hasSecret, rowsEnd)
}

/** Censors what stands behind each list of columns with a secret among them, up to an end. */
function maskBehind(
  text: string,
  columns: RegExp,
  hasSecret: (columns: string) => boolean,
  endOf: (text: string, start: number) => number,
): string {
  let masked = ''
  let copied = 0
  for (const { 0: found, 1: listed = '', index } of text.matchAll(columns)) {
    const start = index + found.length
    if (index < copied || !hasSecret(listed)) continue
    const isRow = text[start] === '('
    masked += text.slice(copied, start) + (isRow ? `(${CENSOR})` : CENSOR)
    copied = endOf(text, start)
  }
  return copied === 0 ? text : masked + text.slice(copied)
}

/** Values stand there as they are: the last bracket of the sentence closes them. */
function keyEnd(text: string, start: number): number {
  const end = lineEnd(text, start, '"')
  const close = text.slice(start, end).lastIndexOf(')')
  return close < 0 ? end : start + close
}

/** Behind the last of the rows, which are lists between brackets. */
function rowsEnd(text: string, start: number): number {
  let end = start
  for (let next = start; text[next] === '(';) {
    end = bracketed(text, next, '(', ')')
    next = end + (/^\s{0,8},\s{0,8}/.exec(text.slice(end, end + 20))?.[0].length ?? 0)
  }
  return end
}
