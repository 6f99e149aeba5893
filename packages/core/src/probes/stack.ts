import type { Debugger, InspectorNotification } from 'node:inspector'

/** A look at the main thread from another one. */
export interface Examination {
  /** Whether it has come to an end. Code that is not JavaScript (a synchronous system call, a hash) lets it wait. */
  isDone: boolean
  /** Whether a debugger holds the main thread: it is as it should be. */
  isDebugged: boolean
  /** What the main thread is busy with, as the stack of an error would say it. */
  stack: string | undefined
  /** Ends it. The main thread goes on in any case. */
  end(): void
}

/**
 * Looks where the main thread is: whatever JavaScript it runs, a loop or a regular expression too, is stopped for about
 * 20 ms. It is not looked at where `isInspected`, which finds out only whether a debugger holds it.
 *
 * Runs in another thread, which gets its text: it may use nothing that is outside of it. Bundlers put calls of their own
 * around functions that have a name, so none has one that is not a method's.
 *
 * @param isBlocked whether the main thread is still where it was
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
    // Already when we came: it is for somebody else to let it go on.
    if (!enabled) examination.isDebugged = true
    // Before anything that can go wrong: the main thread would be held forever.
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
