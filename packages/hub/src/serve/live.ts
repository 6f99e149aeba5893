import type { ServerResponse } from 'node:http'

/** Streams of server-sent events to pages. One stream carries all topics of a page. */
export interface Live {
  /**
   * Adds an item to a topic. Items of a topic are sent together, at most 4 times a second. Costs nothing without a reader.
   *
   * @param item Plain data that `JSON.stringify` can write
   */
  publish(topic: string, item: unknown): void
  /** The topics that pages read now. */
  topics(): readonly string[]
  /** Calls `listener` when the first reader of a topic comes, or the last one leaves. */
  onChange(listener: () => void): void
  /** Answers a request with a stream. */
  open(res: ServerResponse, topics: readonly string[]): void
  close(): void
}

export interface LiveLimits {
  /** Milliseconds between two frames of a topic. Default: 250. */
  readonly frameMs?: number
  /** Most items in a frame. The oldest are dropped. Default: 250. */
  readonly frameItems?: number
  /** Bytes that may wait for a reader before it misses frames. Default: 256 KiB. */
  readonly readerBytes?: number
  /** Milliseconds between two signs of life. Default: 15,000. */
  readonly pulseMs?: number
}

/** Items that wait for the next frame of a topic. */
interface Topic {
  readonly readers: Set<Reader>
  items: unknown[]
  /** Items that were dropped since the last frame. */
  dropped: number
  timer: NodeJS.Timeout | undefined
}

interface Reader {
  readonly res: ServerResponse
  /** Items of each topic that this reader has missed. */
  readonly missed: Map<string, number>
}

/**
 * Creates the streams. A frame is `event: <topic>` with the data `{"dropped":0,"items":[...]}`, where `dropped` is the number of
 * items of the topic that the reader did not get since its last frame.
 */
export function createLive({
  frameMs = 250,
  frameItems = 250,
  readerBytes = 256 * 1_024,
  pulseMs = 15_000,
}: LiveLimits = {}): Live {
  const topics = new Map<string, Topic>()
  const readers = new Set<Reader>()
  const listeners: Array<() => void> = []
  let pulse: NodeJS.Timeout | undefined

  function send(name: string, topic: Topic): void {
    topic.timer = undefined
    if (topic.items.length === 0) return
    const count = topic.items.length
    const items = `"items":${JSON.stringify(topic.items)}}\n\n`
    for (const { res, missed } of topic.readers) {
      const dropped = (missed.get(name) ?? 0) + topic.dropped
      if (res.writableLength > readerBytes) {
        missed.set(name, dropped + count)
        continue
      }
      missed.delete(name)
      res.write(`event: ${name}\ndata: {"dropped":${dropped},${items}`)
    }
    topic.items = []
    topic.dropped = 0
    topic.timer = setTimeout(send, frameMs, name, topic).unref()
  }

  function join(name: string, reader: Reader): void {
    const topic = topics.get(name) ?? { readers: new Set(), items: [], dropped: 0, timer: undefined }
    topics.set(name, topic)
    topic.readers.add(reader)
    if (topic.readers.size === 1) changed()
  }

  function leave(name: string, reader: Reader): void {
    const topic = topics.get(name)
    topic?.readers.delete(reader)
    if (topic === undefined || topic.readers.size > 0) return
    clearTimeout(topic.timer)
    topics.delete(name)
    changed()
  }

  function changed(): void {
    for (const listener of listeners) listener()
  }

  function beat(): void {
    for (const { res } of readers) if (res.writableLength <= readerBytes) res.write(': \n\n')
  }

  return {
    publish(name, item) {
      const topic = topics.get(name)
      if (topic === undefined) return
      topic.items.push(item)
      if (topic.items.length > frameItems) {
        topic.items.shift()
        topic.dropped++
      }
      // The first item after a pause goes out with those that follow in the same turn.
      topic.timer ??= setTimeout(send, 0, name, topic).unref()
    },
    topics: () => [...topics.keys()],
    onChange: (listener) => void listeners.push(listener),
    open(res, names) {
      const reader: Reader = { res, missed: new Map() }
      res.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' })
      res.write('retry: 2000\n\n')
      readers.add(reader)
      pulse ??= setInterval(beat, pulseMs).unref()
      for (const name of new Set(names)) join(name, reader)
      res.once('close', () => {
        readers.delete(reader)
        for (const name of names) leave(name, reader)
        if (readers.size > 0) return
        clearInterval(pulse)
        pulse = undefined
      })
    },
    close() {
      for (const { res } of readers) res.end()
      clearInterval(pulse)
    },
  }
}
