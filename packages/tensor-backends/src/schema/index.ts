export { type BackendName, type BackendRequest, backendDescriptions, backendRequestSchema } from './backend-request.ts';
