import { randomBytes } from 'node:crypto'

import { between, happens, oneOf } from './chance.ts'
import type { Visitor } from './visit.ts'

/** What is on every scanner's list. */
const WELL_KNOWN = [
  '/wp-login.php',
  '/.env',
  '/.git/config',
  '/phpmyadmin/index.php',
  '/admin.php',
  '/actuator/env',
  '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php',
  '/cgi-bin/.%2e/.%2e/bin/sh',
  '//admin',
  '/%ZZ',
] as const

/** Tries doors, one after the other, without a pause worth the name. */
export const scan: Visitor = async ({ browser, think }) => {
  for (let doors = between(4, 14); doors > 0; doors--) {
    const path = happens(0.5) ? oneOf(WELL_KNOWN) : `/${randomBytes(between(2, 8)).toString('hex')}.php`
    await browser.ask(oneOf(['GET', 'GET', 'GET', 'HEAD', 'POST']), path)
    await think(5, 40)
  }
}

/** Clicks, and clicks again before there can be an answer. */
export const clickAway: Visitor = async ({ browser, think }) => {
  for (let clicks = between(2, 6); clicks > 0; clicks--) {
    const path = oneOf(['/products', '/search?q=coffee', '/customers/customer-1/orders'])
    await browser.ask('GET', path, { patienceMs: happens(0.7) ? between(0, 1) : 500 })
    await think(10, 120)
  }
}
