import { describe, expect, it } from 'vitest';
import type { UsageLine } from '../../../local/iam/usage.ts';
import { reportOf, writeReport } from '../../permissions/report.ts';

const PUT = 'arn:aws:s3:::tidemill-dev-000000000000-us-east-1/labels/flight-delay/*';

function line(kind: 'granted' | 'used', action: string, model = 'FlightDelay'): UsageLine {
  const holder = `tidemill-dev/${model}/Online/Predict/Role/Resource`;
  const resource = model === 'FlightDelay' ? PUT : PUT.replace('flight-delay', 'late-parcel');
  return { kind, holder, action, resource, where: '' };
}

describe('the report of permissions', () => {
  it('names what was granted and never used, by role, and tells reasons apart', () => {
    const lines = [
      line('granted', 's3:PutObject'),
      line('granted', 's3:GetObject'),
      line('granted', 's3:AbortMultipartUpload'),
      line('used', 's3:PutObject'),
    ];

    const report = reportOf(lines, [{ grant: /^s3:Abort/, reason: 'only where one breaks off' }]);

    expect(writeReport(report).split('\n')).toEqual([
      'No call was refused.',
      '',
      '3 grants, 1 never used by any test:',
      '  <Model>/Online/Predict/Role',
      '    s3:GetObject s3:<bucket>/labels/<model>/*',
      '',
      'Not used for a reason (tests/permissions/expected.ts):',
      '  1, only where one breaks off',
    ]);
  });

  it('counts a grant as used where another model used its own', () => {
    const lines = [line('granted', 's3:PutObject'), line('used', 's3:PutObject', 'LateParcel')];

    expect(reportOf(lines, []).unused).toEqual([]);
  });

  it('lists refused calls first', () => {
    const refused: UsageLine = {
      kind: 'refused',
      who: 'mill-consume',
      action: 's3:PutObject',
      resource: PUT,
    };

    expect(writeReport(reportOf([refused, refused], []))).toMatch(
      /^Refused \(1\):\n {2}mill-consume s3:PutObject arn:aws:s3/,
    );
  });
});
