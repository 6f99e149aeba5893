/** A process that prepares a load, says so, and sends it when it is told to. The harness ends it. */
import { once } from 'node:events'

import type { LoadAnswer, LoadPlan } from './plan.ts'
import { createSender } from './post.ts'
import { prepare } from './prepare.ts'
import { run } from './run.ts'

// The harness passes a plan.
const { url, seconds, streams } = JSON.parse(process.argv[2] ?? '') as LoadPlan
const tell = (answer: LoadAnswer) => process.send?.(answer)

const ready = []
for (const plan of streams) ready.push({ plan, bodyAt: await prepare(plan), sender: createSender(url, plan) })
const go = once(process, 'message')
tell({ type: 'prepared' })
await go
const tallies = await Promise.all(ready.map((stream) => run(stream, seconds)))
for (const { sender } of ready) sender.close()
tell({ type: 'report', streams: tallies.map((tally) => tally.report()) })
