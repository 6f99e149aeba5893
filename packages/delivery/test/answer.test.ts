import { describe, expect, it } from '@jest/globals'

import { type Answer, AnswerReader } from '../src/answer.ts'

interface Read {
  readonly answer: (Omit<Answer, 'body' | 'headers'> & { readonly body: string }) | undefined
  readonly headers: Answer['headers'] | undefined
  readonly isOver: boolean
  readonly leavesConnection: boolean
}

/** Reads a response in pieces of `pieceBytes` bytes, then ends. */
function read(text: string, pieceBytes: number, isClosed = false): Read {
  const reader = new AnswerReader()
  const bytes = Buffer.from(text, 'latin1')
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.feed(bytes.subarray(at, at + pieceBytes))
  if (isClosed) reader.end()
  const { answer, isOver, leavesConnection } = reader
  const { status = 0, complete = false, body, headers } = answer ?? {}
  return {
    answer: answer && { status, complete, body: String(body) },
    headers,
    isOver,
    leavesConnection,
  }
}

const PIECES = [1, 2, 3, 7, 100_000]

describe.each(PIECES)('in pieces of %i bytes', (pieceBytes) => {
  it('reads a body of known length, and leaves the connection', () => {
    const text = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\ncontent-length:  5 \r\n\r\nhello'
    expect(read(text, pieceBytes)).toEqual({
      answer: { status: 200, complete: true, body: 'hello' },
      headers: { 'content-type': 'text/plain', 'content-length': '5' },
      isOver: true,
      leavesConnection: true,
    })
  })

  it.each([
    ['one that is announced and empty', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', 200],
    ['none, by its status', 'HTTP/1.1 204 No Content\r\n\r\n', 204],
    ['none, without a reason beside the status', 'HTTP/1.1 304\r\n\r\n', 304],
    [
      'none, after interim answers',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 \r\nlink: x\r\n\r\nHTTP/1.1 204 \r\n\r\n',
      204,
    ],
    ['chunks, but none of them', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', 200],
    ['none, with lines that end as they should not', 'HTTP/1.1 200 OK\ncontent-length: 0\n\n', 200],
  ])('reads an answer without a body: %s', (_, text, status) => {
    expect(read(text, pieceBytes)).toMatchObject({
      answer: { status, complete: true, body: '' },
      isOver: true,
      leavesConnection: true,
    })
  })

  it('reads chunks, with what may be written beside them', () => {
    const text =
      'HTTP/1.1 429 Slow\r\nRetry-After: 3\r\nretry-after: 9\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n' +
      '5\r\nhello\r\n1;a="b"\r\n \r\n0005 \r\nworld\r\n0\r\nx-checksum: 1\r\n\r\n'
    expect(read(text, pieceBytes)).toMatchObject({
      answer: { status: 429, complete: true, body: 'hello world' },
      headers: { 'retry-after': '3' },
      leavesConnection: true,
    })
  })

  it('reads to the end where nothing else says where that is', () => {
    const text = 'HTTP/1.1 500 Oh\r\n\r\nno'
    expect(read(text, pieceBytes)).toMatchObject({ answer: { complete: false, body: 'no' }, isOver: false })
    expect(read(text, pieceBytes, true)).toMatchObject({
      answer: { status: 500, complete: true, body: 'no' },
      leavesConnection: false,
    })
  })

  it('knows what has broken off', () => {
    for (const text of [
      'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhell',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhell',
    ])
      expect(read(text, pieceBytes, true)).toMatchObject({
        answer: { status: 200, complete: false, body: 'hell' },
        leavesConnection: false,
      })
    for (const text of ['HTTP/1.1 200 OK\r\ncontent-le', 'HTTP/1.1 2', 'HTTP/1.1 100 Continue\r\n\r\n'])
      expect(read(text, pieceBytes, true).answer).toBeUndefined()
  })

  it.each([
    ['it is told', 'HTTP/1.1 200 OK\r\nconnection: Close\r\ncontent-length: 2\r\n\r\n{}'],
    ['the protocol is older', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n{}'],
    ['more comes than was announced', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}and more'],
  ])('leaves no connection where %s', (_, text) => {
    expect(read(text, pieceBytes)).toMatchObject({
      answer: { complete: true, body: '{}' },
      leavesConnection: false,
    })
  })

  it('keeps no more of a body than anybody wants', () => {
    const text = `HTTP/1.1 200 OK\r\ncontent-length: 70000\r\n\r\n${'x'.repeat(70_000)}`
    const { answer, isOver, leavesConnection } = read(text, pieceBytes)
    expect(answer).toMatchObject({ status: 200, complete: false })
    expect(answer?.body).toHaveLength(65_536)
    expect({ isOver, leavesConnection }).toEqual({ isOver: true, leavesConnection: false })
  })

  it.each([
    ['SSH-2.0-OpenSSH_9.2\r\n', 'it does not answer in HTTP/1.1, but "SSH-2.0-OpenSSH_9.2"'],
    ['HTTP/2 200\r\n', 'it does not answer in HTTP/1.1, but "HTTP/2 200"'],
    ['HTTP/1.1 099 No\r\n', 'it does not answer in HTTP/1.1, but "HTTP/1.1 099 No"'],
    ['HTTP/1.1 101 Other\r\nupgrade: x\r\n\r\n', 'it changes the protocol, which nobody has asked for'],
    ['HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n', 'its answer is "-1" bytes long'],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nx\r\n', 'a chunk of its answer is "x" bytes long'],
    [
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n',
      'a chunk of its answer is longer than it says',
    ],
    [`HTTP/1.1 200 OK\r\nx-a: ${'y'.repeat(70_000)}`, 'its answer has more than 65536 bytes of headers'],
  ])('does not take %j for an answer', (text, why) => {
    expect(() => read(text, pieceBytes)).toThrow(why)
  })
})

it('is not led astray by the name of a field', () => {
  const { headers } = read('HTTP/1.1 204 \r\n__proto__: x\r\nconstructor: y\r\n: z\r\nno field\r\n\r\n', 100)
  expect(Object.entries(headers ?? {})).toEqual([
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ])
})
