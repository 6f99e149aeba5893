import type { Debugger, InspectorNotification } from 'node:inspector'

/** An examination of the main thread from another thread. */
export interface Examination {
  /** Whether it has finished. Native code (a synchronous system call, a hash) delays it. */
  isDone: boolean
  /** Whether a debugger has paused the main thread: it is not stuck. */
  isDebugged: boolean
  /** The call stack of the main thread, in the format of an error's stack. */
  stack: string | undefined
  /** Ends the examination. The main thread continues in any case. */
  end(): void
}

/**
 * Finds the position of the main thread. Any running JavaScript, also a loop or a regular expression, is
 * paused for about 20 ms. With `isInspected`, it only finds out whether a debugger has paused the thread.
 *
 * Runs in another thread from its text, so it must not use any outer name. Bundlers wrap named functions with
 * calls of their own, so only methods have names.
 *
 * @param isBlocked whether the main thread is still at the same position
 */
export function examineMainThread(isInspected: boolean, isBlocked: () => boolean): Examination {
  const { Session } = process.getBuiltinModule('node:inspector')
  const session = new Session()
  const urls = new Map<string, string>()
  let enabled = false
  const examination: Examination = {
    isDone: false,
    isDebugged: false,
    stack: undefined,
    end() {
      examination.isDone = true
      session.disconnect()
    },
  }
  session.connectToMainThread()
  session.on(
    'Debugger.scriptParsed',
    ({ params: { scriptId, url } }: InspectorNotification<Debugger.ScriptParsedEventDataType>) => {
      urls.set(scriptId, url)
    },
  )
  session.on('Debugger.paused', ({ params }: InspectorNotification<Debugger.PausedEventDataType>) => {
    const wasBlocked = isBlocked()
    // A debugger had paused it already, and must resume it.
    if (!enabled) examination.isDebugged = true
    // Must come first: an error before it would leave the main thread paused forever.
    else session.post('Debugger.resume')
    if (enabled && wasBlocked) {
      examination.stack = params.callFrames
        .slice(0, 30)
        .map(({ functionName, location: { scriptId, lineNumber, columnNumber = 0 } }) => {
          const place = `${urls.get(scriptId) || '<anonymous>'}:${lineNumber + 1}:${columnNumber + 1}`
          return `    at ${functionName || '<anonymous>'} (${place})`
        })
        .join('\n')
        .slice(0, 3_000)
    }
    examination.end()
  })
  session.post('Debugger.enable', () => {
    enabled = true
    if (isInspected) examination.end()
  })
  if (!isInspected) session.post('Debugger.pause')
  return examination
}
