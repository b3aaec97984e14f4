import { expect, test } from 'vitest';
import { FacadeError } from '../../src/errors.ts';
import { toLoggedError } from '../../src/http/log.ts';

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}

test('of an error that is not ours the log has class and place, not the message: it may quote a patient', () => {
  const error = new Error('GET https://pacs.example/studies?PatientName=Doe', { cause: parse('Doe^John') });
  const logged = JSON.stringify(toLoggedError(error));
  expect(JSON.parse(logged)).toMatchObject({ type: 'Error', cause: { type: 'SyntaxError' } });
  expect(logged).toContain('log.test.ts');
  expect(logged).not.toMatch(/Doe|PatientName/);
});

test('of an error of ours it has the message too', () => {
  expect(toLoggedError(new FacadeError('ORIGIN_TIMEOUT', 'The origin was too slow'))).toMatchObject({
    type: 'FacadeError',
    code: 'ORIGIN_TIMEOUT',
    message: 'The origin was too slow',
  });
});
