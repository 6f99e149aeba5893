/** A call in a stack. */
export interface Call {
  readonly name: string
  /** The file, without the folder that all own files share. Empty if it is not known. */
  readonly file: string
  readonly line: number | undefined
  /** Whether it is the application's own code. */
  readonly isOwn: boolean
  /** The line as it was received. */
  readonly text: string
}

/** A stack, divided into its calls. */
export interface Stack {
  readonly calls: readonly Call[]
  /** Errors that caused it, each with its calls. */
  readonly causes: ReadonlyArray<{ readonly text: string; readonly calls: readonly Call[] }>
}

const MOST_LINES = 400
/** `at name (file:line:column)`, `at file:line:column`, with `async` and `new`. */
const CALL =
  /^\s*at (?:async )?(?:(.*?) \()?((?:file:\/\/|node:|webpack:\/\/)?[^()]*?)(?::(\d+))?(?::\d+)?\)?$/
const CAUSE = /^\s*(?:\[?cause\]?:|Caused by:)\s*(.*)$/i

/** Reads a stack of V8. Lines that are no calls belong to the message, or begin a cause. */
export function stackOf(text: string): Stack {
  const lines = text.split('\n').slice(0, MOST_LINES)
  const calls: Call[] = []
  const causes: Array<{ text: string; calls: Call[] }> = []
  for (const line of lines) {
    const cause = CAUSE.exec(line)?.[1]
    if (cause !== undefined) causes.push({ text: cause.replace(/\s*\{$/, ''), calls: [] })
    else if (/^\s*at /.test(line)) (causes.at(-1)?.calls ?? calls).push(callOf(line))
  }
  const all = [...calls, ...causes.flatMap((each) => each.calls)]
  const folder = folderOf(all.filter(({ isOwn }) => isOwn).map(({ file }) => file))
  const short = (call: Call): Call => (call.isOwn ? { ...call, file: call.file.slice(folder.length) } : call)
  return {
    calls: calls.map(short),
    causes: causes.map((each) => ({ text: each.text, calls: each.calls.map(short) })),
  }
}

/** The packages that calls are in, each once: `koa`, `@koa/router`, `node`. */
function packagesOf(calls: readonly Call[]): string[] {
  return [
    ...new Set(
      calls.map(({ file }) => {
        if (file.startsWith('node:') || file === '' || file === '<anonymous>' || file === 'native')
          return 'node'
        const path = file.split('node_modules/').at(-1) ?? ''
        return /^(?:@[^/]+\/)?[^/]+/.exec(path.replace(/^\.pnpm\//, ''))?.[0] ?? 'node'
      }),
    ),
  ]
}

/** `6 frames in koa, @koa/router and node`. */
export function foldedText(calls: readonly Call[]): string {
  const names = packagesOf(calls)
  const last = names.at(-1) ?? ''
  const list = names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${last}` : last
  return `${calls.length} ${calls.length === 1 ? 'frame' : 'frames'} in ${list}`
}

function callOf(text: string): Call {
  const [, name = '', place = '', line] = CALL.exec(text) ?? []
  const file = place.replace(/^file:\/\//, '')
  const isPlace = /[/\\]|^node:/.test(file)
  return {
    name: name === '' && !isPlace ? file : name,
    file: isPlace ? file : '',
    line: line === undefined ? undefined : Number(line),
    isOwn: isPlace && !file.startsWith('node:') && !/[/\\]node_modules[/\\]/.test(file),
    text: text.trim(),
  }
}

/** The folder that all files are in, up to its last slash. */
function folderOf(files: readonly string[]): string {
  const [first = '', ...others] = files
  let end = first.lastIndexOf('/') + 1
  while (end > 0 && others.some((file) => !file.startsWith(first.slice(0, end))))
    end = first.lastIndexOf('/', end - 2) + 1
  // One folder stays, so that a file alone says where it is.
  return first.slice(0, end < 2 ? 0 : first.lastIndexOf('/', end - 2) + 1)
}
