export { type LaunchOptions, launchReplicas, type ReplicaProgram } from './launch-replicas.ts';
