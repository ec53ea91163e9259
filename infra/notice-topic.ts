/** Where people are told what was done; nothing on it needs anybody to act. */
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { output } from './output.ts';

export class NoticeTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { stackName }: { readonly stackName: string }) {
    super(scope, id);
    // Not encrypted with a key: notices name inputs and count rows, and carry no data.
    this.topic = new Topic(this, 'Topic', { topicName: `${stackName}-notices`, enforceSSL: true });
    output(this, 'NoticeTopicArn', this.topic.topicArn, 'Subscribe to be told what was scored');
  }
}
