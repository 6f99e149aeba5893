import { describe, expect, it } from '@jest/globals'
import { pino } from 'pino'

import { LAYOUTS } from '../src/access/layout.ts'
import { hostOf } from '../src/adapter/index.ts'
import { createSightline, type LogOptions, type Sightline } from '../src/index.ts'
import { tapsOf } from '../src/taps.ts'
import { served } from './probe.ts'

const from = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, n) => String.fromCharCode(first + n))

/** Characters that end a line for some readers, drive a terminal, or turn the direction of text round. */
const HARMFUL = [
  ...from(0x7f, 0x9f),
  '\u061c',
  '\u200e',
  '\u200f',
  ...from(0x2028, 0x202e),
  ...from(0x2066, 0x2069),
].join('')
const ANY = new RegExp(`[${HARMFUL}]`)
/** What stays as it is. */
const HARMLESS = 'äß€ 漢字 🙂 \u00a0\u00ad\u200b\u200d'

const said = (text: string) => `a${text}b`

/** Everything by which such characters get into lines. */
async function write(sightline: Sightline): Promise<void> {
  const { log, context } = sightline
  log.info(
    { [said(HARMFUL)]: said(HARMFUL), deep: [{ [HARMFUL]: HARMFUL }], harmless: HARMLESS },
    said(HARMFUL),
  )
  log.child({ bound: HARMFUL, [`${HARMFUL}!`]: 1 }).info('%s of %j', HARMFUL, { a: HARMFUL })
  log.setBindings({ set: HARMFUL })
  log.error(new Error(HARMFUL))
  const app = await served((req, res) => {
    const observation = hostOf(sightline).observe({
      req,
      res,
      route: () => `/${HARMFUL}`,
      clientIp: () => HARMFUL,
    })
    observation.run(() => {
      context.set({ [HARMFUL]: HARMFUL })
      observation.fail(new Error(HARMFUL))
      res.statusCode = 500
      res.end()
    })
  })
  // What a header can hold of them.
  await (await app.get('/', { headers: { 'user-agent': `curl ${from(0x80, 0x9f).join('')}` } })).text()
  app.close()
  await sightline.close()
}

const ways: Record<string, (destination: { write(text: string): void }) => LogOptions> = {
  ...Object.fromEntries(
    LAYOUTS.map((layout) => [
      `in the layout ${layout}`,
      (destination) => ({ destination, layout, pretty: false }),
    ]),
  ),
  'of an application’s own pino': (destination) => ({ logger: pino({}, destination) }),
  'of one that changes its lines': (destination) => ({
    logger: pino({ hooks: { streamWrite: (line) => line.replace('\n', ' \n') } }, destination),
  }),
}

describe.each(Object.entries(ways))('lines %s', (_, options) => {
  it('have characters that end a line or drive a terminal as escapes, and say the same', async () => {
    const texts: string[] = []
    const exported: string[] = []
    const sightline = createSightline({
      service: 'shop',
      log: options({ write: (text) => void texts.push(text) }),
    })
    tapsOf(sightline)?.lines.listen((line) => void exported.push(line))
    await write(sightline)
    expect(texts).toHaveLength(4)
    for (const text of texts) {
      expect(ANY.test(text)).toBe(false)
      expect(text.split(/[\r\n]/)).toHaveLength(2)
      expect(JSON.stringify(JSON.parse(text))).toMatch(ANY)
    }
    expect(texts[0]).toContain(JSON.stringify(HARMLESS))
    const line = JSON.parse(texts[0] ?? '') as Record<string, unknown>
    expect(line.msg ?? line.message ?? line.Body).toBe(said(HARMFUL))
    expect(exported).toHaveLength(4)
    for (const text of exported) expect(JSON.stringify(JSON.parse(text))).toMatch(ANY)
  })
})

describe('lines for people', () => {
  function pretty() {
    const texts: string[] = []
    const destination = { write: (text: string) => void texts.push(text) }
    const sightline = createSightline({ service: 'shop', log: { pretty: true, destination } })
    return { sightline, texts }
  }

  it('show such characters, and all other controls, as escapes', async () => {
    const { sightline, texts } = pretty()
    await write(sightline)
    sightline.log.info(
      { ['name\u001b[2J\r']: 'value\u001b[2J\r', name: 'n\u0007\r' },
      'message\u001b[2J\r\u0000\b end',
    )
    const text = texts.join('')
    expect(text).not.toMatch(ANY)
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/)
    expect(text).toContain('message\\u001b[2J\\r\\u0000\\b end')
    expect(text).toContain('name\\u001b[2J\\r: "value\\u001b[2J\\r"')
    expect(text).toContain('a\\u007f\\u0080')
    expect(text).toContain('\\u2028')
    expect(text).toContain(HARMLESS)
  })

  it('show a backslash of a text as it was', () => {
    const { sightline, texts } = pretty()
    sightline.log.info('C:\\u001b and \\r')
    expect(texts.join('')).toContain('C:\\u001b and \\r')
  })

  it('begin with no text of a field or message', () => {
    const { sightline, texts } = pretty()
    const forged = 'x\n[12:00:00.000] FATAL: forged'
    sightline.log.info(
      { [forged]: forged, name: forged, caller: forged, type: 'Error', list: [forged] },
      forged,
    )
    sightline.log
      .child({ [forged]: 1, hostname: forged })
      .error({ err: new Error(forged), type: forged }, forged)
    const lines = texts.join('').split('\n').filter(Boolean)
    const heads = lines.filter((line) => !line.startsWith(' '))
    expect(heads).toHaveLength(2)
    for (const head of heads) expect(head).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] (INFO|ERROR)/)
  })
})
