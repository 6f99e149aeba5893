import { useRef } from 'preact/hooks'

import { useAnswer } from '../../api/answer.ts'
import { useDeployed } from '../../api/deployments.ts'
import { isFresh } from '../../errors/fresh.ts'
import { deploymentOf, found, type Group, ORDERS, ordered, TABS } from '../../errors/groups.ts'
import { lengthText } from '../../format/ranges.ts'
import { useKeys } from '../../parts/keys.ts'
import { Menu } from '../../parts/pop.tsx'
import { Failed } from '../../parts/shown.tsx'
import { Tabs } from '../../parts/tabs.tsx'
import { Page } from '../../shell/page.tsx'
import { useApp } from '../../state/app.ts'
import { GroupRow } from './group-row.tsx'
import { Issue } from './issue.tsx'

/** Groups of errors by their state, and the one that is chosen. Without a choice it is the first. */
export default function ErrorsPage() {
  const { address, time } = useApp()
  const { answer, retry } = useAnswer<{ readonly errors: readonly Group[] }>(() => [
    '/api/errors',
    { ...time.span.value, limit: 1_000 },
  ])
  const list = useRef<HTMLElement>(null)
  const params = address.params.value
  const tab = params.get('state') ?? 'open'
  const text = params.get('q') ?? ''
  const order = params.get('sort') ?? 'worst'
  const { from } = time.span.value
  const { value, error } = answer.value
  const deployed = useDeployed().value
  const groups = (value?.errors ?? []).map((group) => ({
    ...group,
    newIn: group.newIn ?? deploymentOf(group, deployed)?.version ?? null,
  }))
  const shown = ordered(found(groups, tab, text), order, from)
  const fresh = shown.filter((group) => isFresh(group, from))
  const ongoing = shown.filter((group) => !isFresh(group, from))
  // The address is another page's already while this one is left.
  const path = decodeURIComponent(/^\/errors\/(.*)/.exec(address.path.value)?.[1] ?? '')
  const chosen = path || (params.get('open') ?? [...fresh, ...ongoing][0]?.fingerprint)
  const own = { state: tab === 'open' ? null : tab, q: text || null, sort: order === 'worst' ? null : order }
  const last = time.last.value

  function move(by: number): void {
    const links = [...(list.current?.querySelectorAll<HTMLElement>('.groups a') ?? [])]
    const now = links.findIndex((link) => link === document.activeElement)
    const at = now < 0 ? links.findIndex((link) => link.ariaCurrent === 'true') : now
    links[Math.max(0, Math.min(links.length - 1, at + by))]?.focus()
  }
  useKeys({ j: () => move(1), k: () => move(-1) })

  const section = (title: string, of: readonly Group[]) =>
    of.length > 0 && (
      <>
        <p class="listcap">{title}</p>
        <ol class="groups">
          {of.map((group) => (
            <li key={group.fingerprint}>
              <GroupRow
                group={group}
                from={from}
                deployed={deployed}
                href={address.to(`/errors/${encodeURIComponent(group.fingerprint)}`, own)}
                isChosen={group.fingerprint === chosen}
              />
            </li>
          ))}
        </ol>
      </>
    )

  return (
    <Page title="Errors">
      <div class="split-view">
        <section class="list" aria-labelledby="h-groups" ref={list}>
          <h2 id="h-groups" class="sr">
            Groups of errors
          </h2>
          <Tabs
            label="State of the groups"
            tabs={TABS.map(([name, title]) => ({
              text: title,
              href: address.to('/errors', { ...own, state: name === 'open' ? null : name }),
              isCurrent: name === tab,
              count: value === undefined ? undefined : found(groups, name, '').length,
            }))}
          />
          <div class="listhead">
            <label class="field">
              <span class="sr">Search errors</span>
              <input
                type="search"
                placeholder="Type, message, service or version"
                value={text}
                onInput={(event) => address.adjust({ q: event.currentTarget.value || null })}
              />
              <kbd>/</kbd>
            </label>
            <Menu
              button={ORDERS.find(([name]) => name === order)?.[1] ?? 'Order'}
              label="Order"
              items={ORDERS.map(([name, title]) => ({
                text: title,
                isChecked: name === order,
                run: () => address.adjust({ sort: name }),
              }))}
            />
          </div>
          {error !== undefined && <Failed error={error} retry={retry} />}
          {section(last === undefined ? 'New in this time' : `New in the last ${lengthText(last)}`, fresh)}
          {section('Ongoing', ongoing)}
          {value !== undefined && shown.length === 0 && (
            <p class="listcap">
              {text === ''
                ? `No ${tab === 'open' ? 'open' : tab} errors in this time.`
                : 'No error has this text. Remove it to see all.'}
            </p>
          )}
        </section>
        {chosen === undefined && value !== undefined && (
          <p class="empty issue">
            <b>Nothing to show here.</b>
            Errors of the services appear as soon as they arrive, with their stack and the lines of their
            requests.
          </p>
        )}
        {chosen !== undefined && (
          <Issue key={chosen} fingerprint={chosen} groups={groups} deployed={deployed} onChange={retry} />
        )}
      </div>
    </Page>
  )
}
