import { Page } from '../../shell/page.tsx'

export default function ServicePage() {
  return <Page title="Service">{null}</Page>
}
