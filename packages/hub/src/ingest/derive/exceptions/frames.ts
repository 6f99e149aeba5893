/** A frame of a stack that belongs to the application. */
export interface Frame {
  readonly function: string
  /** The last two parts of its path, or the class where there is no path. */
  readonly file: string
}

/** Reads the frames of the application from a stack, the one that threw first. */
type FrameReader = (lines: readonly string[], most: number) => readonly Frame[]

/** Longer stacks and lines are cut off. */
const MAX_LINES = 500
const MAX_LINE = 1_000

/**
 * The top frames of the application in a stack: JavaScript (V8, Firefox, Safari), Java and Kotlin, .NET, Python, Go. Frames of
 * libraries and of the runtime are left out. Line numbers do not count, nor do the folders above the last two parts of a path.
 */
export function applicationFrames(stack: string, most: number): readonly Frame[] {
  const lines = stack
    .split('\n', MAX_LINES)
    .map((line) => (line.length > MAX_LINE ? line.slice(0, MAX_LINE) : line).trimEnd())
  return readerOf(lines)(lines, most)
}

function readerOf(lines: readonly string[]): FrameReader {
  for (const line of lines) {
    const text = line.trimStart()
    if (text.startsWith('File "') && text.includes('", line ')) return python
    if (/^goroutine \d+ \[/.test(text) || /^\S+\.go:\d+/.test(text)) return go
    if (text.startsWith('at '))
      return text.includes(' in ') && /:line \d+$/.test(text) ? dotnet : readerOfAt(text)
    if (/^[^@]*@\S+:\d+(?::\d+)?$/.test(text)) return javaScript
  }
  return () => []
}

/** Java, .NET and V8 all begin their frames with `at`. */
function readerOfAt(text: string): FrameReader {
  if (
    /^at [^\s(]+\((?:[^\s():]+:\d+|Native Method|Unknown Source|[^\s():]+\.(?:java|kt|scala|groovy))\)/.test(
      text,
    )
  )
    return java
  return /:\d+:\d+\)?$|\(<anonymous>\)$|\(native\)$|^at <anonymous>$|\(index \d+\)$/.test(text)
    ? javaScript
    : dotnet
}

/** `    at async Cart.add [as handler] (file:///app/src/cart.ts:10:5)`, `add@https://shop.example/main.js:1:2`. */
const javaScript: FrameReader = (lines, most) => {
  const frames: Frame[] = []
  for (const line of lines) {
    if (frames.length >= most) break
    // The last line of an error that was printed with its fields ends in a brace.
    const text = line.trimStart().replace(/ \{$/, '')
    // The cause of an error has frames of its own.
    if (text.startsWith('[cause]') || text.startsWith('Caused by')) break
    const isV8 = text.startsWith('at ')
    const at = text.lastIndexOf('@')
    if (text.includes('(eval at ') || (!isV8 && !(at >= 0 && /:\d+$/.test(text)))) continue
    const opening = text.lastIndexOf(' (')
    const isNamed = isV8 && opening >= 0 && text.endsWith(')')
    const place = isV8 ? text.slice(isNamed ? opening + 2 : 3, isNamed ? -1 : undefined) : text.slice(at + 1)
    const called = isV8 ? (isNamed ? text.slice(3, opening) : '') : text.slice(0, at)
    const path = place.replace(/^async /, '').replace(/(?::\d+){1,2}$/, '')
    if (path === place || !isJavaScriptApplication(path)) continue
    frames.push({ function: javaScriptName(called), file: fileOf(path) })
  }
  return frames
}

function isJavaScriptApplication(path: string): boolean {
  if (/^(?:node:|internal\/|native\b|<anonymous>|wasm:)/.test(path)) return false
  return !/(?:^|[\\/])node_modules[\\/]|[\\/]\.yarn[\\/]/.test(path)
}

/** A name without what differs between versions of Node.js and between calls. Names of minified code are left out. */
function javaScriptName(called: string): string {
  const name = called
    .replace(/^(?:async |new )+/, '')
    .replace(/ \[as [^\]]*\]$/, '')
    .replace(/^(?:Object|Module|Function|process|global)\./, '')
    .replace(/^<anonymous>$/, '')
  return name.length <= 2 ? '' : name
}

const JAVA_LIBRARIES =
  /^(?:java|javax|jdk|sun|com\.sun|jakarta|kotlin|kotlinx|scala|groovy|org\.(?:springframework|apache|hibernate|eclipse|jboss|postgresql|junit|codehaus|slf4j)|io\.(?:netty|micrometer|opentelemetry|vertx|quarkus|undertow|grpc)|reactor|com\.(?:fasterxml|zaxxer|google|mysql))\./

/** `\tat com.shop.Cart.add(Cart.java:42)`. The frames of a cause come after those of what it caused. */
const java: FrameReader = (lines, most) => {
  const frames: Frame[] = []
  for (const line of lines) {
    if (frames.length >= most || line.startsWith('Caused by:')) break
    const [, written = '', file = ''] = /^\s*at ([^\s(]{1,400})\(([^():]{0,200})/.exec(line) ?? []
    // A module and its version: `java.base/java.util.List.get`, `app//com.shop.Cart.add`.
    const called = written.slice(written.lastIndexOf('/') + 1)
    if (called === '' || JAVA_LIBRARIES.test(called)) continue
    frames.push({ function: called.replaceAll(/\$+\d+|\$\$Lambda.*|\d+$/g, ''), file })
  }
  return frames
}

/** `   at Shop.Cart.Add(String id) in /src/Cart.cs:line 42`. */
const dotnet: FrameReader = (lines, most) => {
  const frames: Frame[] = []
  for (const line of lines) {
    // What threw the inner exception comes first, and ends here.
    if (frames.length >= most) break
    const [, called = ''] = /^\s*at ([^(]{1,400})\(/.exec(line) ?? []
    if (called === '' || /^(?:System|Microsoft|Npgsql|Newtonsoft)\./.test(called)) continue
    const [, path = ''] = / in (.{1,500}):line \d+$/.exec(line) ?? []
    frames.push({
      function: called.replaceAll(/<>c(?:__DisplayClass[\d_]*)?|d__\d+|b__[\d_]+/g, ''),
      file: fileOf(path),
    })
  }
  return frames
}

/** `  File "/app/cart.py", line 42, in add`, the most recent call last. Only the last traceback of a chain counts. */
const python: FrameReader = (lines, most) => {
  const frames: Frame[] = []
  for (const line of lines.toReversed()) {
    if (frames.length >= most || line.startsWith('Traceback (most recent call last)')) break
    const [, path = '', called = ''] = /^\s*File "([^"]{1,500})", line \d+, in (.{1,200})$/.exec(line) ?? []
    if (path === '' || /[\\/](?:site|dist)-packages[\\/]|[\\/]lib[\\/]python\d|^<frozen/.test(path)) continue
    frames.push({ function: called, file: fileOf(path) })
  }
  return frames
}

/** `main.(*Cart).Add(0xc0000b2000, 0x2)` and below it `\t/app/cart.go:42 +0x1d`. */
const go: FrameReader = (lines, most) => {
  const frames: Frame[] = []
  for (const [index, line] of lines.entries()) {
    if (frames.length >= most) break
    const [, path = ''] = /^\s*(\S{1,500}\.go):\d+/.exec(line) ?? []
    if (path === '' || /\/go\/src\/|\/libexec\/src\/|\/pkg\/mod\/|\/vendor\//.test(path)) continue
    const above = (lines[index - 1] ?? '').replace(/^created by /, '').replace(/ in goroutine \d+$/, '')
    const called = above.endsWith(')') ? above.slice(0, above.lastIndexOf('(')) : above
    if (/^(?:runtime|panic|testing)\b/.test(called)) continue
    frames.push({ function: called.replaceAll(/\.func\d+(?:\.\d+)*/g, '.func'), file: fileOf(path) })
  }
  return frames
}

/** The last two parts of a path, without what a build or a deployment changes: queries, hashes, folders above. */
function fileOf(path: string): string {
  const parts = path
    .replace(/[?#].*$/, '')
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
  return parts
    .slice(-2)
    .map((part) => part.replaceAll(/(?<=[.-])(?=[A-Za-z_]*\d)[\w]{8,}(?=\.|$)|\b[\da-f]{16,}\b/g, '*'))
    .join('/')
}
