import { type ReadonlySignal, signal } from '@preact/signals'

/** What the hub has stored since the frame before. */
interface Frame {
  readonly dropped: number
  readonly items: readonly unknown[]
}

/** The stream of the hub. One per page, with all of its topics. */
export interface Live {
  /** `open`: frames arrive. `broken`: the stream was lost and is tried again. */
  readonly state: ReadonlySignal<'closed' | 'open' | 'broken'>
  /** When the last frame arrived, in milliseconds since 1970. */
  readonly lastFrame: ReadonlySignal<number | undefined>
  /** Calls a function for each frame of a topic until the returned one is called. */
  follow(topic: string, read: (frame: Frame) => void): () => void
}

const AGAIN_MS = 5_000

/**
 * @param open Opens a stream of server-sent events
 */
export function createLive(open: (url: string) => EventSource): Live {
  const state = signal<'closed' | 'open' | 'broken'>('closed')
  const lastFrame = signal<number | undefined>(undefined)
  let again: ReturnType<typeof setTimeout> | undefined
  const readers = new Map<string, Set<(frame: Frame) => void>>()
  let source: EventSource | undefined
  let isChanging = false

  /** Opens the stream anew with the present topics. All changes of one turn make one stream. */
  function change(): void {
    if (isChanging) return
    isChanging = true
    queueMicrotask(() => {
      isChanging = false
      clearTimeout(again)
      source?.close()
      source = undefined
      if (state.value === 'open') state.value = 'closed'
      if (readers.size === 0) return void (state.value = 'closed')
      const query = new URLSearchParams([...readers.keys()].map((topic) => ['topic', topic]))
      const stream = (source = open(`/api/live?${query}`))
      stream.addEventListener('open', () => (state.value = 'open'))
      stream.addEventListener('error', () => {
        state.value = 'broken'
        // The browser tries a lost stream again, but not one that was refused.
        if (stream.readyState === stream.CLOSED && stream === source) again = setTimeout(change, AGAIN_MS)
      })
      for (const topic of readers.keys())
        stream.addEventListener(topic, ({ data }: MessageEvent<string>) => {
          lastFrame.value = Date.now()
          const frame = JSON.parse(data) as Frame
          for (const read of readers.get(topic) ?? []) read(frame)
        })
    })
  }

  return {
    state,
    lastFrame,
    follow(topic, read) {
      const all = readers.get(topic) ?? new Set()
      const isNew = !readers.has(topic)
      readers.set(topic, all.add(read))
      if (isNew) change()
      return () => {
        all.delete(read)
        if (all.size > 0 || readers.get(topic) !== all) return
        readers.delete(topic)
        change()
      }
    },
  }
}
