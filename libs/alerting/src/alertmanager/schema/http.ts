import { canonicalHeaderName } from '../go/header-name';
import { all, any, bool, checkedText, list, map, secret, since, struct, text } from './fields';
import type { StructReport, StructValues, ValueContext } from './go-type';
import { proxyUrl } from './values';

const RESERVED_HEADERS: ReadonlySet<string> = new Set(
  `Authorization Host Content-Encoding Content-Length Content-Type User-Agent Connection Keep-Alive Proxy-Authenticate
  Proxy-Authorization Www-Authenticate Accept-Encoding X-Prometheus-Remote-Write-Version
  X-Prometheus-Remote-Read-Version X-Prometheus-Scrape-Timeout-Seconds X-Amz-Date X-Amz-Security-Token
  X-Amz-Content-Sha256`.split(/\s+/),
);
const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** Refuses more than one of several ways to say the same. */
export function refuseSeveral(values: StructValues, report: StructReport, names: string): void {
  const used = names.split(' ').filter((name) => values.text(name) !== '');
  if (used.length > 1) report('exclusive', `only one of ${used.join(' and ')} may be set`, used.at(-1)!);
}

const tlsVersion = checkedText((text) => (/^TLS1[0-3]$/.test(text) ? null : 'must be TLS10, TLS11, TLS12 or TLS13'));

/** How to talk TLS. */
export const tlsConfig = struct(
  {
    ...all(text, 'ca_file cert_file key_file server_name'),
    ...all(bool, 'insecure_skip_verify'),
    ...all(tlsVersion, 'min_version max_version'),
    ...since(27, { ...all(text, 'ca cert'), key: { type: secret } }),
    ...since(28, all(text, 'ca_ref cert_ref key_ref')),
  },
  (values, report, { minor }) => {
    for (const name of ['ca', 'cert', 'key']) refuseSeveral(values, report, `${name} ${name}_file ${name}_ref`);
    if (minor < 27) return;
    const has = (name: string): boolean => ['', '_file', '_ref'].some((end) => values.text(name + end) !== '');
    if (has('cert') && !has('key')) report('required', 'a client certificate needs its key or key_file');
    if (has('key') && !has('cert')) report('required', 'a client key needs its cert or cert_file');
  },
);

const basicAuth = struct({
  ...all(text, 'username password_file'),
  password: { type: secret },
  ...since(28, all(text, 'username_file username_ref password_ref')),
});

const authorization = struct({
  ...all(text, 'type credentials_file'),
  credentials: { type: secret },
  ...since(28, all(text, 'credentials_ref')),
});

const proxyFields = {
  proxy_connect_header: { type: map(list(secret)) },
  proxy_from_environment: { type: bool },
  no_proxy: { type: text },
};

function checkProxy(values: StructValues, report: StructReport): void {
  const address = values.text('proxy_url');
  const isFromEnvironment = values.isTrue('proxy_from_environment');
  if (Object.keys(values.record('proxy_connect_header')).length > 0 && address === '' && !isFromEnvironment) {
    report('required', 'proxy_connect_header needs a proxy_url', 'proxy_connect_header');
  }
  if (isFromEnvironment && address !== '')
    report('exclusive', 'proxy_from_environment excludes proxy_url', 'proxy_url');
  if (values.text('no_proxy') === '') return;
  if (isFromEnvironment) report('exclusive', 'proxy_from_environment excludes no_proxy', 'no_proxy');
  else if (!values.has('proxy_url')) report('required', 'no_proxy needs a proxy_url', 'no_proxy');
}

const oauth2 = struct(
  {
    ...all(text, 'client_id client_secret_file token_url'),
    client_secret: { type: secret },
    scopes: { type: list(text) },
    endpoint_params: { type: map(text) },
    tls_config: { type: tlsConfig },
    proxy_url: { type: proxyUrl },
    ...since(27, { proxy_from_environment: proxyFields.proxy_from_environment, no_proxy: proxyFields.no_proxy }),
    ...since(27, { proxy_connect_header: proxyFields.proxy_connect_header }),
    ...since(28, all(text, 'client_secret_ref')),
    ...since(33, {
      ...all(text, 'audience grant_type iss signature_algorithm'),
      ...all(text, 'client_certificate_key_id client_certificate_key_file client_certificate_key_ref'),
      client_certificate_key: { type: secret },
      claims: { type: map(any) },
    }),
  },
  checkProxy,
);

/** Free names of headers with what to send in them. */
const headers = map(
  struct({ values: { type: list(text) }, secrets: { type: list(secret) }, files: { type: list(text) } }),
);

/** Headers of requests that Alertmanager does not set itself. */
const requestHeaders = {
  ...headers,
  check: (name: string): string | null => {
    const header = canonicalHeaderName(name);
    return RESERVED_HEADERS.has(header) ? `the header ${header} must not be set here` : null;
  },
};

/** How to make HTTP requests. */
export const httpConfig = struct(
  {
    basic_auth: { type: basicAuth },
    authorization: { type: authorization },
    oauth2: { type: oauth2 },
    bearer_token: { type: secret },
    bearer_token_file: { type: text },
    tls_config: { type: tlsConfig },
    ...all(bool, 'follow_redirects enable_http2'),
    proxy_url: { type: proxyUrl },
    proxy_connect_header: proxyFields.proxy_connect_header,
    ...since(27, { proxy_from_environment: proxyFields.proxy_from_environment, no_proxy: proxyFields.no_proxy }),
    ...since(28, { http_headers: { type: requestHeaders } }),
  },
  (values, report, context) => {
    checkAuthorization(values, report);
    if (values.has('oauth2')) checkOauth2(values.struct('oauth2'), report, context);
    checkProxy(values, report);
  },
);

/** Headers as tracing has them, of any name. */
export const tracingHeaders = headers;

function checkAuthorization(values: StructValues, report: StructReport): void {
  refuseSeveral(values, report, 'bearer_token bearer_token_file');
  const hasBearer = values.text('bearer_token') !== '' || values.text('bearer_token_file') !== '';
  const ways = ['basic_auth', 'oauth2', 'authorization'].filter((name) => values.has(name));
  if (hasBearer && ways.length > 0) report('exclusive', `bearer tokens exclude ${ways.join(' and ')}`, ways[0]!);
  if (ways.length > 1) report('exclusive', `only one of ${ways.join(' and ')} may be set`, ways.at(-1)!);
  const basic = values.struct('basic_auth');
  const inBasic: StructReport = (check, message) => report(check, message, 'basic_auth');
  refuseSeveral(basic, inBasic, 'username username_file username_ref');
  refuseSeveral(basic, inBasic, 'password password_file password_ref');
  const header = values.struct('authorization');
  refuseSeveral(
    header,
    (check, message) => report(check, message, 'authorization'),
    'credentials credentials_file credentials_ref',
  );
  if (header.text('type').trim().toLowerCase() === 'basic') {
    report('exclusive', 'the type "basic" is what basic_auth is for', 'authorization');
  }
}

function checkOauth2(values: StructValues, report: StructReport, { minor }: ValueContext): void {
  const inOauth2: StructReport = (check, message) => report(check, message, 'oauth2');
  if (values.text('client_id') === '') inOauth2('required', 'needs a client_id');
  if (values.text('token_url') === '') inOauth2('required', 'needs a token_url');
  if (values.text('grant_type') === JWT_GRANT) {
    refuseSeveral(values, inOauth2, 'client_certificate_key client_certificate_key_file client_certificate_key_ref');
    if (!/^(?:|RS256|RS384|RS512)$/.test(values.text('signature_algorithm'))) {
      inOauth2('value', 'signature_algorithm must be RS256, RS384 or RS512');
    }
    return;
  }
  refuseSeveral(values, inOauth2, 'client_secret client_secret_file client_secret_ref');
  if (minor < 28 && values.text('client_secret') === '' && values.text('client_secret_file') === '') {
    inOauth2('required', 'needs a client_secret or client_secret_file');
  }
}
