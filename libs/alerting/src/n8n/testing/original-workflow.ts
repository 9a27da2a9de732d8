/** The workflow of the original design's §6.3, with its programs shortened to what is wrong with them. */
export const originalWorkflow: unknown = {
  name: 'Alert Analysis Workflow',
  nodes: [
    {
      parameters: {
        path: 'alert-analysis',
        options: {},
      },
      name: 'Alert Webhook',
      type: 'n8n-nodes-base.webhook',
      typeVersion: 1,
      position: [240, 300],
    },
    {
      parameters: {
        functionCode:
          'const alert = $input.first().json.alert;\nconst context = $input.first().json.context;\nreturn { json: { alert_id: alert.id, alert_name: alert.name, context: context } };',
      },
      name: 'Preprocess Alert',
      type: 'n8n-nodes-base.function',
      typeVersion: 1,
      position: [460, 300],
    },
    {
      parameters: {
        url: 'http://dify:5001/v1/chat-messages',
        authentication: 'genericCredentialType',
        genericAuthType: 'httpHeaderAuth',
        httpMethod: 'POST',
        sendBody: true,
        bodyContentType: 'json',
        jsonBody:
          '={\n  "inputs": { "alert_data": {{ JSON.stringify($json) }} },\n  "query": "Find the root cause",\n  "user": "alertagent",\n  "conversation_id": "{{ $json.alert_id }}"\n}',
      },
      name: 'Dify Analysis',
      type: 'n8n-nodes-base.httpRequest',
      typeVersion: 4,
      position: [680, 300],
    },
    {
      parameters: {
        functionCode:
          "const analysis = $input.first().json;\nconst severity = parseFloat(analysis.severity_score || 0);\nconst confidence = parseFloat(analysis.confidence || 0);\nlet decision = { action: 'smart_routing' };\nif (severity < 0.3 && confidence > 0.8) decision = { action: 'auto_resolve', method: analysis.suggested_actions[0] };\nelse if (severity > 0.8 || confidence < 0.5) decision = { action: 'immediate_escalation' };\nreturn { json: { ...analysis, decision: decision } };",
      },
      name: 'Decision Engine',
      type: 'n8n-nodes-base.function',
      typeVersion: 1,
      position: [900, 300],
    },
    {
      parameters: {
        conditions: {
          string: [
            {
              value1: '={{ $json.decision.action }}',
              value2: 'auto_resolve',
            },
          ],
        },
      },
      name: 'Route Decision',
      type: 'n8n-nodes-base.if',
      typeVersion: 1,
      position: [1120, 300],
    },
    {
      parameters: {
        url: 'http://alertagent:8080/api/v1/automation/execute',
        httpMethod: 'POST',
        sendBody: true,
        bodyContentType: 'json',
        jsonBody:
          '={\n  "action_type": "{{ $json.decision.method }}",\n  "alert_id": "{{ $json.alert_id }}",\n  "parameters": {{ JSON.stringify($json.decision.parameters || {}) }}\n}',
      },
      name: 'Execute Automation',
      type: 'n8n-nodes-base.httpRequest',
      typeVersion: 4,
      position: [1340, 200],
    },
    {
      parameters: {
        url: 'http://alertagent:8080/api/v1/alerts/escalate',
        httpMethod: 'POST',
        sendBody: true,
        bodyContentType: 'json',
        jsonBody:
          '={\n  "alert_id": "{{ $json.alert_id }}",\n  "escalation_type": "{{ $json.decision.action }}",\n  "target_team": "{{ $json.decision.target_team }}",\n  "priority": "{{ $json.decision.priority }}",\n  "analysis": {{ JSON.stringify($json) }}\n}',
      },
      name: 'Escalate Alert',
      type: 'n8n-nodes-base.httpRequest',
      typeVersion: 4,
      position: [1340, 400],
    },
  ],
  connections: {
    'Alert Webhook': {
      main: [
        [
          {
            node: 'Preprocess Alert',
            type: 'main',
            index: 0,
          },
        ],
      ],
    },
    'Preprocess Alert': {
      main: [
        [
          {
            node: 'Dify Analysis',
            type: 'main',
            index: 0,
          },
        ],
      ],
    },
    'Dify Analysis': {
      main: [
        [
          {
            node: 'Decision Engine',
            type: 'main',
            index: 0,
          },
        ],
      ],
    },
    'Decision Engine': {
      main: [
        [
          {
            node: 'Route Decision',
            type: 'main',
            index: 0,
          },
        ],
      ],
    },
    'Route Decision': {
      main: [
        [
          {
            node: 'Execute Automation',
            type: 'main',
            index: 0,
          },
        ],
        [
          {
            node: 'Escalate Alert',
            type: 'main',
            index: 0,
          },
        ],
      ],
    },
  },
};
