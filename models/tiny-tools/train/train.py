"""Makes the whole checkpoint: tokenizer, data, training, export. See ../README.md for the command."""
import argparse
import json
import os
import pathlib
import random
import time
from collections import Counter

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # each worker keeps to one core
import torch
import torch.multiprocessing as mp
import torch.nn.functional as F

import data
from chat import TOOLS, segments, system_text, to_json
from evaluate import evaluate
from model import CONFIG, Llama, load_safetensors, save_safetensors
from tokenizer import ADDED, MARKERS, SPACE, SPECIAL, SPLIT, Tokenizer, train_merges

HERE = pathlib.Path(__file__).resolve().parent
VOCAB = 1024
WORKERS = 2
# While the model learns to copy, this stands for the system prompt, which would cost half of the time.
STUB = "<|im_start|>system\n# Tools<|im_end|>\n"
# Three stages, each with fresh optimizers: steps, how many of them with the stub, learning rate at a step.
STAGES = [
    (3500, 2400, lambda step: min(1.0, step / 60, (4001 - step) / 2400)),
    (600, 400, lambda step: 0.3 * min(1.0, step / 20, (601 - step) / 580)),
    (500, 380, lambda step: 0.3 * min(1.0, step / 20, (501 - step) / 480)),
]


def make_tokenizer():
    w, counts, fixed = data.World(7), Counter(), Counter()
    names = {tool["function"]["name"] for tool in TOOLS}

    def count(text, weight, into):
        for part in ADDED.split(text)[::2]:
            for match in SPLIT.finditer(part):
                into[match.group()] += weight

    for _ in range(6000):
        for s in data.draw(w, names):
            for text, _ in segments(s):
                count(text, 1, counts)
    fixed_text = system_text(TOOLS) + "\n".join(data.SYSTEM) + "\n".join(r for r, _ in data.SMALL_TALK)
    count(fixed_text, 400, counts)
    count(fixed_text, 1, fixed)
    for s in (f(w) for f, _, _ in data.CATEGORIES.values() for _ in range(200)):
        count(s["prompt"] + "\n" + s["answer"], 1, fixed)
    # Words of three letters and more that the fixed text uses often.
    wholes = [p[1:] for p, n in fixed.most_common(400) if p[0] == " " and len(p) > 3 and p[1:].isalpha()
              and p[1:].islower() and n >= 2][:110]
    size = VOCAB - 256 - len(SPECIAL + MARKERS)
    return Tokenizer(train_merges(counts, wholes, size))


def draw_tools(rng):
    """The tools of a pool of samples: mostly as in tools.json, at times shuffled, fewer, or none."""
    kind = rng.random()
    if kind < 0.08:
        return []
    if kind < 0.70:
        return TOOLS
    return rng.sample(TOOLS, 4 if kind < 0.88 else rng.choice([2, 3]))


def odd_words(tokenizer):
    """The words that have a token of their own with their space."""
    return [b for a, b in tokenizer.merges if a == SPACE and b.isalpha()]


def batches(tokenizer, seed, exclude, size, is_short, odd, pieces):
    """Endless (prefix, ids, targets): samples that share a system prompt, of similar lengths.

    The workers draw different samples but, by a common generator, the same tools and lengths: else they
    would wait for each other.
    """
    w = data.World(seed, small_talk_exclude=exclude, odd=odd, pieces=pieces)
    step, rng = 0, random.Random(1)
    while True:
        tools = draw_tools(rng)
        system = rng.choice(data.SYSTEM) if rng.random() < 0.15 else None
        short = is_short(step)
        prefix = tokenizer.encode(STUB if short and tools else system_text(tools, system))
        names, pool = {t["function"]["name"] for t in tools}, []
        for _ in range(size * 4):
            ids, spoken = [], []
            for s in data.draw(w, names):
                for text, assistant in segments(s):
                    new = tokenizer.encode(text)
                    ids += new
                    spoken += [assistant] * len(new)
                ids += tokenizer.encode("\n")
                spoken.append(False)
            pool.append((ids, spoken))
        pool.sort(key=lambda sample: len(sample[0]))
        groups = [pool[i:i + size] for i in range(0, len(pool), size)]
        rng.shuffle(groups)
        for group in groups[:4 if tools else 1]:
            longest = max(len(ids) for ids, _ in group)
            ids = torch.zeros(len(group), longest, dtype=torch.long)
            targets = torch.full((len(group), longest), -100)
            for row, (sample, spoken) in enumerate(group):
                ids[row, :len(sample)] = torch.tensor(sample)
                targets[row, :len(sample) - 1] = torch.tensor(
                    [t if a else -100 for t, a in zip(sample[1:], spoken[1:])])
            yield prefix, ids, targets
            step += 1


class Muon:
    """Momentum with an orthogonalised update (Newton-Schulz), for the matrices; it learns to copy sooner."""

    def __init__(self, params, momentum=0.95):
        self.momentum, self.groups = momentum, {}
        for p in params:
            self.groups.setdefault(tuple(p.shape), []).append(p)
        self.buffers = {shape: torch.zeros(len(ps), *shape) for shape, ps in self.groups.items()}

    @torch.no_grad()
    def step(self, lr, decay):
        for shape, params in self.groups.items():
            grad, buffer = torch.stack([p.grad for p in params]), self.buffers[shape]
            buffer.lerp_(grad, 1 - self.momentum)
            x = grad.lerp(buffer, self.momentum)
            flip = shape[0] > shape[1]
            x = x.transpose(1, 2) if flip else x
            x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
            for _ in range(5):
                gram = x @ x.transpose(1, 2)
                x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
            x = x.transpose(1, 2) if flip else x
            scale = lr * max(1.0, shape[0] / shape[1]) ** 0.5
            for p, update in zip(params, x):
                p.mul_(1 - lr * decay).sub_(update, alpha=scale)


def export(out, model, tokenizer):
    out.mkdir(parents=True, exist_ok=True)

    def write(name, value):
        (out / name).write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    ids = tokenizer.added
    write("config.json", dict(CONFIG, vocab_size=tokenizer.size, bos_token_id=ids["<|endoftext|>"],
                              eos_token_id=ids["<|im_end|>"], pad_token_id=ids["<|endoftext|>"]))
    write("generation_config.json", {"bos_token_id": ids["<|endoftext|>"], "eos_token_id": ids["<|im_end|>"],
                                     "pad_token_id": ids["<|endoftext|>"], "do_sample": False,
                                     "max_new_tokens": 160})
    write("tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "add_bos_token": False, "add_prefix_space": False,
        "bos_token": None, "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "unk_token": None,
        "clean_up_tokenization_spaces": False, "model_max_length": 2048,
        "added_tokens_decoder": {str(i): {"content": t, "lstrip": False, "normalized": False, "rstrip": False,
                                          "single_word": False, "special": t in SPECIAL} for t, i in ids.items()},
        "chat_template": (HERE / "chat_template.jinja").read_text(encoding="utf-8").rstrip("\n")})
    write("tools.json", TOOLS)
    tokenizer.save(out / "tokenizer.json")
    save_safetensors(out / "model.safetensors", model.state_dict())
    with open(out / "heldout.jsonl", "w", encoding="utf-8") as file:
        file.writelines(to_json(line) + "\n" for line in data.blind_set(odd_words(tokenizer)))


def work(rank, args, shared, barrier):
    """One of the workers: each takes its own batches, all take the same steps with the mean gradient."""
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    tokenizer = make_tokenizer()
    odd, pieces = odd_words(tokenizer), [p for p in tokenizer.vocab if p.isascii() and p.isalpha() and p.islower()]
    heldout = data.heldout_set(odd)
    model = Llama(dict(CONFIG, vocab_size=tokenizer.size))
    for stage, (steps, short, rate_at) in enumerate(STAGES):
        if stage + 1 < args.stage:
            continue
        if stage > 0:  # goes on from the rounded weights
            barrier.wait()
            model.load_state_dict(load_safetensors(args.out / "model.safetensors"))
        source = batches(tokenizer, args.seed * 1000 + stage * 100 + rank, {s["prompt"] for s in heldout},
                         args.batch // WORKERS, lambda step: step < short, odd if stage > 0 else (),
                         pieces if stage > 1 else ())
        run_stage(rank, args, model, source, steps, rate_at, shared, barrier)
        if rank == 0:
            export(args.out, model, tokenizer)
            evaluate(model, tokenizer, heldout[::6], system_text(TOOLS))


def run_stage(rank, args, model, source, steps, rate_at, shared, barrier):
    params = list(model.parameters())
    rest = [p for n, p in model.named_parameters() if p.dim() == 1 or "embed" in n]
    muon = Muon(p for n, p in model.named_parameters() if p.dim() == 2 and "embed" not in n)
    adam = torch.optim.AdamW(rest, betas=(0.9, 0.97), weight_decay=0.0)
    total, begin = 0.0, time.time()
    for step in range(1, steps + 1):
        rate = rate_at(step)
        prefix, ids, targets = next(source)
        past = model(torch.tensor([prefix]))[1] if prefix else None  # once for the whole batch
        hidden, _ = model(ids, past)
        chosen = targets != -100
        loss = F.cross_entropy(model.logits(hidden[chosen]), targets[chosen])
        loss.backward()
        shared[rank] = torch.cat([p.grad.flatten() for p in params])
        barrier.wait()
        mean = shared.mean(0)
        barrier.wait()  # nobody may write the next gradient before all have read this one
        for p, g in zip(params, mean.split([p.numel() for p in params])):
            p.grad = g.view_as(p)
        torch.nn.utils.clip_grad_norm_(rest, 1.0)
        for group in adam.param_groups:
            group["lr"] = args.lr * rate
        adam.step()
        muon.step(args.muon_lr * rate, 0.02)
        model.zero_grad(set_to_none=True)
        total += loss.item()
        if rank == 0 and step % 25 == 0:
            print(f"step {step}  loss {total / 25:.4f}  {time.time() - begin:.0f} s", flush=True)
            total = 0.0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, default=HERE.parent)
    parser.add_argument("--stage", type=int, default=1, help="2 or 3: go on from the weights in --out")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--muon-lr", type=float, default=0.02)
    parser.add_argument("--lr", type=float, default=3e-3)
    args = parser.parse_args()
    tokenizer = make_tokenizer()
    size = sum(p.numel() for p in Llama(dict(CONFIG, vocab_size=tokenizer.size)).parameters())
    print(f"{size} parameters, {tokenizer.size} tokens, system prompt "
          f"{len(tokenizer.encode(system_text(TOOLS)))} tokens", flush=True)
    mp.spawn(work, (args, torch.zeros(WORKERS, size).share_memory_(), mp.get_context("spawn").Barrier(WORKERS)),
             nprocs=WORKERS)


if __name__ == "__main__":
    main()
