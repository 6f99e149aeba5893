import { type Call, connected, queried, type Remark, served } from './calls.ts'
import type { Chance } from './chance.ts'
import { lockTimeout, poolTimeout } from './failures.ts'
import { INSTANCES, UPDATED } from './incident.ts'

const LOCK = 'SELECT * FROM payments WHERE id = $1 FOR UPDATE'
const ENTRY = 'SELECT * FROM ledger WHERE payment_id = $1'

/**
 * A payment.
 *
 * @param severity how bad the incident is, from 0 to 1. Above 0, the updated process checks the entries of the ledger one by one
 */
export function paymentOf(chance: Chance, severity: number): Call {
  const number = Math.floor(chance.next() * INSTANCES)
  const isUpdated = number === UPDATED && severity > 0
  const id = paymentIdOf(chance)
  const request = { method: 'POST', route: '/payments', ms: chance.duration(12) }
  if (isUpdated && chance.happens(severity * 0.7)) {
    const isPool = chance.happens(0.3)
    const failure = isPool ? poolTimeout() : lockTimeout(id)
    const waited = waitFor(isPool ? 2_000 : chance.between(200, 900), isPool ? failure : undefined)
    const calls = isPool ? [waited] : [waited, queried('payments', LOCK, 2_000, failure)]
    return served('payments', { ...request, status: 500 }, { calls, failure, number })
  }

  const calls: Call[] = []
  if (isUpdated) calls.push(waitFor(severity * chance.between(200, 900)))
  calls.push(
    queried('payments', LOCK, chance.duration(4) + (isUpdated ? severity * chance.between(50, 600) : 0)),
  )
  const entries = isUpdated ? 18 + Math.floor(chance.next() * 24) : 1
  for (let entry = 0; entry < entries; entry++)
    calls.push(queried('payments', ENTRY, chance.duration(isUpdated ? 4 + severity * 14 : 4)))

  if (chance.happens(0.06)) {
    const declined: Remark = { level: 'warn', message: 'card declined', attributes: { 'payment.id': id } }
    return served('payments', { ...request, status: 402 }, { calls, remarks: [declined], number })
  }
  calls.push(queried('payments', 'INSERT INTO ledger VALUES ($1, $2)', chance.duration(6)))
  const verified: Remark = {
    level: 'info',
    message: 'ledger verified',
    attributes: { 'payment.id': id, 'ledger.entries': entries },
  }
  return served('payments', { ...request, status: 201 }, { calls, remarks: [verified], number })
}

/** The wait for one of few connections, and the line that tells of a long one. */
function waitFor(ms: number, failure?: ReturnType<typeof poolTimeout>): Call {
  const remark: Remark = {
    level: 'warn',
    message: `pool pg: waited ${Math.round(ms)} ms for a connection`,
    attributes: { in_use: 10, waiting: Math.min(14, 1 + Math.round(ms / 120)) },
  }
  return connected('payments', ms, { remarks: ms > 300 ? [remark] : [], failure })
}

/** A UUID, as far as one looks like it. */
function paymentIdOf(chance: Chance): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(chance.next() * 16).toString(16)).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
