import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { killRounds } from './rounds.ts'

// Kills a hub under load 100 times, or as often as the first argument says, and looks for everything that it has acknowledged:
// `node --conditions=@sightline/source packages/hub/test/kill/main.ts`
const rounds = Number(process.argv[2] ?? 100)
const folder = mkdtempSync(join(tmpdir(), 'hub-kill-'))
const tell = (line: string) => void process.stdout.write(`${line}\n`)
const { acknowledged, missing } = await killRounds({ folder, rounds, clients: 4, requests: 200, tell })
tell(`${rounds} kills, ${acknowledged} requests acknowledged, ${missing.length} of them not complete`)
for (const sentence of missing) tell(sentence)
if (missing.length === 0) rmSync(folder, { recursive: true, force: true })
process.exitCode = missing.length === 0 ? 0 : 1
