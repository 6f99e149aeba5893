import type { IncomingMessage, ServerResponse } from 'node:http'

import { readBody } from './body.ts'
import { isLoopback } from './origins.ts'
import { redirect, reply } from './replies.ts'
import type { Target } from './target.ts'
import { bearerOf, cookieOf, generateToken, Token } from './tokens.ts'

export interface AccessOptions {
  /** The address to listen on. */
  readonly host: string
  /** Required of clients that send telemetry. */
  readonly token?: string | undefined
  /** Required of clients and browsers that read. */
  readonly viewToken?: string | undefined
}

/** Decides who may send and who may read. */
export interface Access {
  readonly mayIngest: (req: IncomingMessage) => boolean
  readonly mayView: (req: IncomingMessage) => boolean
  /** The tokens that were generated because none was given. To be printed once. */
  readonly generated: { readonly token?: string; readonly viewToken?: string }
  /** Answers `/login`, which turns a token into a cookie. */
  login(req: IncomingMessage, res: ServerResponse, target: Target): Promise<void>
}

const COOKIE = 'sightline_session'
const SESSION_MS = 30 * 24 * 3_600_000
const LONGEST_FORM = 4_096

/** Creates the access rules. Tokens are optional on loopback only. */
export function createAccess({ host, token, viewToken }: AccessOptions): Access {
  const isOpen = isLoopback(host)
  const generated = {
    ...(token === undefined && !isOpen && { token: generateToken() }),
    ...(viewToken === undefined && !isOpen && { viewToken: generateToken() }),
  }
  const ingest = tokenOf(token ?? generated.token)
  const view = tokenOf(viewToken ?? generated.viewToken)

  const mayView = (req: IncomingMessage): boolean =>
    view === undefined || view.matches(bearerOf(req)) || view.admits(cookieOf(req, COOKIE), Date.now())

  return {
    generated,
    mayIngest: (req) => ingest === undefined || ingest.matches(bearerOf(req)),
    mayView,
    async login(req, res, { query }) {
      // The form would be sent with `Origin: null` under `no-referrer`: https://fetch.spec.whatwg.org/#append-a-request-origin-header
      res.setHeader('referrer-policy', 'same-origin')
      const given = req.method === 'POST' ? await tokenOfForm(req) : query.get('token')
      if (view === undefined || (given === null && mayView(req))) return redirect(res, '/')
      if (given === null) return reply(res, 200, 'text/html; charset=utf-8', form(''))
      if (!view.matches(given))
        return reply(res, 401, 'text/html; charset=utf-8', form('<p role="alert">This token is wrong.</p>'))
      const session = view.session(Date.now() + SESSION_MS)
      const isEncrypted = req.headers['x-forwarded-proto'] === 'https'
      const flags = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_MS / 1_000}${isEncrypted ? '; Secure' : ''}`
      redirect(res, '/', { 'set-cookie': `${COOKIE}=${session}; ${flags}` })
    },
  }
}

function tokenOf(text: string | undefined): Token | undefined {
  return text === undefined ? undefined : new Token(text)
}

async function tokenOfForm(req: IncomingMessage): Promise<string> {
  const result = await readBody(req, { maxBytes: LONGEST_FORM })
  if (result.kind !== 'complete') return ''
  return new URLSearchParams(Buffer.from(result.body).toString('utf8')).get('token') ?? ''
}

/** @param alert HTML */
function form(alert: string): string {
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Sightline</title>
<h1>Sightline</h1>${alert}
<form method="post" action="/login"><label>Token for viewing <input name="token" type="password" autocomplete="current-password" required autofocus></label> <button>Open</button></form>
</html>
`
}
