import { excerpt } from '../../problems';
import { hostPortFault } from '../go/host-port';
import { patternFault } from '../go/pattern';
import { timeZoneFault } from '../go/time-zone';
import { goTemplateFault } from '../go/template';
import { goDurationFault, prometheusDurationFault } from '../go/duration';
import { parseGoUrl } from '../go/url';
import { globFault } from '../go/glob';
import { UTF8_EQUAL_SINCE, UTF8_SINCE } from '../version';
import { checkedText } from './fields';
import { matchersFault } from './matchers';
import type { TextCheck } from './go-type';

/** What Alertmanager prints instead of a secret, and takes for one when it reads it back. */
const HIDDEN = '<secret>';
/** Label names as Prometheus 2 has them. */
export const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

function webFault(text: string): string | null {
  const url = parseGoUrl(text);
  if (typeof url === 'string') return url;
  if (url.scheme !== 'http' && url.scheme !== 'https') return 'must begin with http:// or https://';
  return url.host === '' ? 'must name a host' : null;
}

const templatedUrlFault: TextCheck = (text) => {
  if (text === '' || text === HIDDEN) return null;
  return text.includes('{{') ? goTemplateFault(text) : webFault(text);
};

/** An http or https address. */
export const url = checkedText(webFault);
/** An address that is a secret, because tokens stand in it. */
export const secretUrl = checkedText((text) => (text === HIDDEN ? null : webFault(text)), { isSecret: true });
/** The address of a webhook: not secret at first, then secret, then a template. */
export const webhookUrl = checkedText(
  (text, context) => {
    if (context.minor >= 31) return templatedUrlFault(text, context);
    return text === HIDDEN && context.minor >= 26 ? null : webFault(text);
  },
  { isSecret: true },
);
/** The address of a proxy, which may lack almost everything. */
export const proxyUrl = checkedText((text) => {
  const read = parseGoUrl(text);
  return typeof read === 'string' ? read : null;
});
/** A duration in Prometheus' grammar. */
export const interval = checkedText(prometheusDurationFault);
/** A duration in Go's grammar, as text only. */
export const textDuration = checkedText(goDurationFault);
export const hostPort = checkedText(hostPortFault);
export const pattern = checkedText((text, { minor }) => patternFault(text, minor));
export const timeZone = checkedText(timeZoneFault);
export const matcher = checkedText((text, { minor }) => matchersFault(text, minor), { isString: true });
/** Pattern of file names, with templates for notifications. */
export const templateGlob = checkedText(globFault, { isString: true });

const labelFault = (text: string, takesAny: boolean): string | null => {
  if (takesAny ? text !== '' : LABEL_NAME.test(text)) return null;
  return `"${excerpt(text)}" is no name of a label${takesAny ? '' : ' that the target knows'}`;
};
/** A name of a label to group by; new versions take any text. */
export const groupLabelFault: TextCheck = (text, { minor }) => labelFault(text, minor >= UTF8_SINCE);
/** A name in `equal`. As long as names had a type of their own there, its check was passed by when there was nothing. */
export const equalLabel = checkedText((text, { minor }) => labelFault(text, minor >= UTF8_EQUAL_SINCE), {
  isString: true,
  checksNothingSince: UTF8_EQUAL_SINCE,
});
