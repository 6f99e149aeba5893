import { Page } from '../../shell/page.tsx'

export default function HubPage() {
  return <Page title="Hub">{null}</Page>
}
