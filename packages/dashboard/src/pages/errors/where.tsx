import type { GroupDetails } from '../../errors/groups.ts'
import { grouped, textOf } from '../../format/numbers.ts'
import { clock, msOf } from '../../format/times.ts'
import { fieldTerm } from '../../search/field-term.ts'
import { servicePath } from '../../shell/places.ts'
import { useApp } from '../../state/app.ts'

/** The routes on which an error happens, most first. */
export function Routes({ group: { routes, count } }: { group: GroupDetails }) {
  const { address } = useApp()
  if (routes.length === 0) return null
  return (
    <>
      <div class="head">
        <h3 class="strong">Affected routes</h3>
      </div>
      <table class="tbl">
        <tbody>
          {routes.map(({ service, route, count: times }) => (
            <tr key={`${service} ${route}`}>
              <th scope="row" class="code clip" title={`${service} ${route}`}>
                <a class="plain" href={address.to(servicePath(service))}>
                  <bdi>{route || service}</bdi>
                </a>
              </th>
              <td class="num">{grouped(times)}</td>
              <td class="num muted">{textOf(times / (count || 1), 'ratio')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

/** The versions in which an error happens, with when it was first seen in each. */
export function Versions({ group: { versions, services, count } }: { group: GroupDetails }) {
  const { address } = useApp()
  const [service = ''] = services
  const known = versions.filter(({ version }) => version !== '')
  if (known.length === 0) return null
  return (
    <>
      <div class="head gap-top">
        <h3 class="strong">Versions</h3>
      </div>
      <table class="tbl">
        <tbody>
          {known.map(({ version, count: times, firstSeen }) => (
            <tr key={version}>
              <th scope="row" class="clip" title={version}>
                <a
                  class="plain"
                  href={address.to(servicePath(service), { at: String(Math.round(msOf(firstSeen))) })}
                >
                  <bdi>{version}</bdi>
                </a>
              </th>
              <td class="muted">since {clock(msOf(firstSeen))}</td>
              <td class="num">{grouped(times)}</td>
              <td class="num muted">{textOf(times / (count || 1), 'ratio')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

/** Whom an error hits: a few of the users, each a link to their log lines. */
export function Users({ group: { samples, users } }: { group: GroupDetails }) {
  const { address } = useApp()
  const names = [...new Set(samples.map(({ user }) => user).filter(Boolean))].slice(0, 5)
  if (names.length === 0) return null
  return (
    <>
      <div class="head gap-top">
        <h3 class="strong">Users</h3>
      </div>
      <p>
        {names.map((name, at) => (
          <span key={name}>
            {at > 0 && ', '}
            <a href={address.to('/logs', { q: fieldTerm('user.id', name) })}>
              <bdi>{name}</bdi>
            </a>
          </span>
        ))}
        {users > names.length && <span class="muted"> and {grouped(users - names.length)} others</span>}
      </p>
    </>
  )
}
