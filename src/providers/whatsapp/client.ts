export { getPhoneNumber, listTemplates, type PhoneNumber, type Template } from './account.ts';
export type { WhatsAppConnection } from './call.ts';
export {
  type HeaderParameter,
  type MessageStatus,
  type Recipient,
  type SendAnswer,
  sendTemplate,
  sendText,
  type TemplateMessage,
  type TextMessage,
} from './messages.ts';
export {
  describeToken,
  getCallbacks,
  listSubscribedApps,
  type SubscribedApp,
  type TokenDescription,
} from './permissions.ts';
