/**
 * For servers of tests on this machine, and good for nothing else: self-signed, for localhost and 127.0.0.1.
 *
 *     openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj /CN=localhost \\
 *       -addext "subjectAltName=DNS:localhost,IP:127.0.0.1"
 */
export const tls = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUNuzcs34uO/6S1XsMfDWGwLY4FoIwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjIwNDMwMloYDzIxMjYxMDI5
MjA0MzAyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARft071JTIwL/EqkPkxaIsFXUfl/ZZY4xi2jP81Lq/iUsqXqL4zIUds
4mGfaaipKv3Gg3QkxbQB7mPUBAqjGo6Mo28wbTAdBgNVHQ4EFgQUdnBMzLm4xIno
m2xmp/vvQtHRVTYwHwYDVR0jBBgwFoAUdnBMzLm4xInom2xmp/vvQtHRVTYwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhAMZJSzbsD8I+k5Gzvz4NHT9+apUjMHwtX2ipCYRQXvAbAiEA
3S25EF4g1QAdKgx18Sc/9waFxSOi5iU1ITmw7jQLNvc=
-----END CERTIFICATE-----`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgbkBrV2Iak4XQNtaF
9Q7tuYJ5bnDrVDBDeBRFownmOQahRANCAARft071JTIwL/EqkPkxaIsFXUfl/ZZY
4xi2jP81Lq/iUsqXqL4zIUds4mGfaaipKv3Gg3QkxbQB7mPUBAqjGo6M
-----END PRIVATE KEY-----`,
};
