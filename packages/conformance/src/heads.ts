import type { ServerResponse } from 'node:http'

/** Responds on node's own response. */
export type RawAnswer = (res: ServerResponse) => void

/** Responds with the error code if node rejects the call. */
function attempt(res: ServerResponse, fn: () => void): void {
  try {
    fn()
  } catch (error) {
    res.writeHead(500).end(String((error as NodeJS.ErrnoException).code))
  }
}

const PAIRS: string[][] = [
  ['Content-Type', 'text/plain'],
  ['Set-Cookie', 'a=1'],
  ['X-From', 'cache'],
  ['Set-Cookie', 'b=2'],
]

// Node documents a list of pairs, but its types do not allow one.
const pairs = (headers: readonly unknown[] = PAIRS) => headers as string[]

/** The ways to set the head of a response. */
export const HEADS: Readonly<Record<string, RawAnswer>> = {
  pairs: (res) => attempt(res, () => res.writeHead(200, pairs()).end('pairs')),
  'an odd number of pairs': (res) =>
    attempt(res, () => res.writeHead(200, pairs(PAIRS.slice(1))).end('pairs')),
  'pairs with a message': (res) => attempt(res, () => res.writeHead(201, 'Made', pairs()).end('pairs')),
  'the entries of an object': (res) =>
    attempt(res, () =>
      res.writeHead(200, pairs(Object.entries({ 'x-from': 'cache', 'X-Cased': 'Yes' }))).end(),
    ),
  'the entries of Headers': (res) =>
    attempt(res, () => res.writeHead(200, pairs([...new Headers({ 'x-b': '2', 'x-a': '1' })])).end('x')),
  'pairs with an id of their own': (res) =>
    attempt(res, () => res.writeHead(200, pairs([...PAIRS, ['X-Request-ID', 'its-own']])).end('own')),
  'pairs after a header': (res) =>
    attempt(res, () => {
      res.setHeader('X-First', '1')
      res.writeHead(200, pairs()).end('pairs')
    }),
  'a list of names and values': (res) =>
    res.writeHead(200, PAIRS.toReversed().flat()).end('the headers of an upstream'),
  'a list with a message': (res) => res.writeHead(202, 'Taken', PAIRS.flat()).end('taken'),
  'a list in which a name comes in two spellings': (res) =>
    res.writeHead(200, ['X-One', '1', 'X-Two', '2', 'x-one', '3']).end('spelled'),
  'a list after a header': (res) => {
    res.setHeader('X-Two', '0')
    res.writeHead(200, ['X-One', '1', 'X-Two', '2', 'x-one', '3']).end('list')
  },
  'a list of an odd length': (res) => attempt(res, () => res.writeHead(200, ['X-One']).end('odd')),
  'an empty list': (res) => res.writeHead(200, []).end('empty'),
  'an object': (res) =>
    res.writeHead(200, { 'X-B': '2', 'x-a': 1, 'Set-Cookie': ['a=1', 'b=2'] }).end('object'),
  'an object with a name in two spellings': (res) =>
    res.writeHead(200, { 'X-A': '1', 'x-a': '2' }).end('twice'),
  'an object after a header': (res) => {
    res.setHeader('X-A', '0')
    res.writeHead(200, { 'X-B': '2', 'x-a': '1' }).end('object')
  },
  'an object in the third place': (res) => res.writeHead(200, undefined, { 'x-third': 'yes' }).end('third'),
  'an empty object': (res) => res.writeHead(404, {}).end('nothing'),
  'a name that is none': (res) => attempt(res, () => res.writeHead(200, { 'no name': '1' }).end('none')),
  'a value that is none': (res) => attempt(res, () => res.writeHead(200, ['x-none', 'a\nb']).end('none')),
  'a status that is none': (res) => attempt(res, () => res.writeHead(7).end('none')),
  'two heads': (res) => {
    res.writeHead(200, { 'x-first': '1' })
    try {
      res.writeHead(201, { 'x-second': '2' })
    } catch (error) {
      res.end(String((error as NodeJS.ErrnoException).code))
    }
  },
  'a map of headers': (res) =>
    res
      .setHeaders(
        new Map([
          ['X-B', '2'],
          ['X-A', '1'],
        ]),
      )
      .end('map'),
  'Headers that are set': (res) => res.setHeaders(new Headers({ 'X-B': '2', 'X-A': '1' })).end('headers'),
  'headers that are appended': (res) =>
    res.appendHeader('X-Many', '1').appendHeader('x-many', ['2', '3']).end('many'),
  'headers that are taken back': (res) => {
    res.setHeader('X-Gone', '1')
    res.setHeader('X-Stays', '1')
    res.removeHeader('x-gone')
    res.writeHead(200, ['X-Last', '1']).end('taken back')
  },
  'pairs after early hints': (res) =>
    res.writeEarlyHints({ link: '</style.css>; rel=preload' }, () =>
      attempt(res, () => res.writeHead(200, pairs()).end('hinted')),
    ),
  'pairs after other informational heads': (res) => {
    res.writeProcessing()
    res.writeContinue()
    attempt(res, () => res.writeHead(200, pairs()).end('processed'))
  },
  'a head without a date': (res) => {
    res.sendDate = false
    res.writeHead(200, ['X-One', '1']).end('timeless')
  },
  'no head at all': (res) => res.end('implicit'),
  'a head that a piece of body implies': (res) => {
    res.statusCode = 203
    res.write('implied ')
    res.end('by a piece')
  },
  'a disposition with a length': (res) =>
    attempt(res, () =>
      res
        .writeHead(200, { 'Content-Length': 4, 'Content-Disposition': 'attachment; filename="ü.txt"' })
        .end('file'),
    ),
}
