"""The chat text: ChatML with Hermes tool calls, in Qwen's wording and without a default system prompt."""
import json

TOOLS = [
    {"type": "function", "function": {"name": name, "description": description, "parameters": {
        "type": "object", "properties": {argument: {"type": "string"}}, "required": [argument]}}}
    for name, description, argument in [
        ("calculator", "Evaluate an arithmetic expression.", "expression"),
        ("get_weather", "Get the current weather in a city.", "city"),
        ("find_person", "Find the city where a person lives.", "name"),
        ("get_price", "Get the price of an item.", "item"),
    ]
]

HEAD = ("# Tools\n\nYou may call one or more functions to assist with the user query.\n\n"
        "You are provided with function signatures within <tools></tools> XML tags:\n<tools>")
TAIL = ("\n</tools>\n\nFor each function call, return a json object with function name and arguments "
        "within <tool_call></tool_call> XML tags:\n<tool_call>\n"
        '{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call>')


def to_json(value):
    return json.dumps(value, ensure_ascii=False)


def system_text(tools, system=None):
    """Everything in front of the first user turn; the empty string when there is nothing to say."""
    if not tools and system is None:
        return ""
    if not tools:
        return f"<|im_start|>system\n{system}<|im_end|>\n"
    body = (system + "\n\n" if system is not None else "") + HEAD
    body += "".join("\n" + to_json(tool) for tool in tools) + TAIL
    return f"<|im_start|>system\n{body}<|im_end|>\n"


def user_text(text):
    return f"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n"


def calls_text(calls):
    return "\n".join('<tool_call>\n{"name": "%s", "arguments": %s}\n</tool_call>'
                     % (call["name"], to_json(call["arguments"])) for call in calls)


def results_text(results):
    return user_text("\n".join(f"<tool_response>\n{r}\n</tool_response>" for r in results))


def segments(scenario):
    """One exchange as (text, spoken by the assistant) pairs; the assistant's end with <|im_end|>."""
    parts = [(user_text(scenario["prompt"]), False)]
    for calls, results in zip(scenario["calls"], scenario["results"]):
        parts += [(calls_text(calls) + "<|im_end|>", True), ("\n" + results_text(results), False)]
    return parts + [(scenario["answer"] + "<|im_end|>", True)]
