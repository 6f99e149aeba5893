/** A series and its samples. Times in milliseconds since 1970, ascending. */
export interface WrittenSeries {
  readonly labels: Readonly<Record<string, string>>
  readonly times: Float64Array
  readonly values: Float64Array
}

/** How much time the samples of one request span. */
const SAMPLES_PER_REQUEST_MS = 30 * 60_000

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = BigInt(value)
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  return Buffer.from([...bytes, Number(rest)])
}

/** A field of protobuf that has a length: a text or a message. */
function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content])
}

/** A sample: the value with all of its bits, which a staleness marker needs, and the time. */
function sample(values: Float64Array, index: number, time: number): Buffer {
  const bits = Buffer.from(values.buffer, values.byteOffset + index * 8, 8)
  return field(2, Buffer.concat([Buffer.of(1 * 8 + 1), bits, Buffer.of(2 * 8), varint(time)]))
}

function label(name: string, value: string): Buffer {
  return field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))]))
}

/** Bytes as Snappy without any compression: their length, and literals. */
function snappy(content: Buffer): Buffer {
  const pieces = [varint(content.length)]
  for (let from = 0; from < content.length; from += 65_536) {
    const literal = content.subarray(from, from + 65_536)
    const header = Buffer.of(61 << 2, 0, 0)
    header.writeUInt16LE(literal.length - 1, 1)
    pieces.push(header, literal)
  }
  return Buffer.concat(pieces)
}

/** Hands series to a Prometheus that was started with `remoteWrite`, in slices of time: its head accepts no samples that are far behind the newest. */
export async function remoteWrite(url: string, series: readonly WrittenSeries[]): Promise<void> {
  const starts = series.map(({ times }) => times[0] ?? Infinity)
  const ends = series.map(({ times }) => times.at(-1) ?? -Infinity)
  for (let from = Math.min(...starts); from <= Math.max(...ends); from += SAMPLES_PER_REQUEST_MS) {
    const messages = series.map(({ labels, times, values }) => {
      const parts = Object.entries(labels)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => label(name, value))
      for (const [index, time] of times.entries()) {
        if (time >= from && time < from + SAMPLES_PER_REQUEST_MS) parts.push(sample(values, index, time))
      }
      return field(1, Buffer.concat(parts))
    })
    const response = await fetch(`${url}/api/v1/write`, {
      method: 'POST',
      headers: {
        'content-encoding': 'snappy',
        'content-type': 'application/x-protobuf',
        'x-prometheus-remote-write-version': '0.1.0',
      },
      body: snappy(Buffer.concat(messages)),
    })
    if (!response.ok) throw new Error(`Prometheus refuses samples: ${await response.text()}`)
  }
}
