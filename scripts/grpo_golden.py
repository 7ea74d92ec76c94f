"""Makes packages/train/fixtures/grpo/cases.json: what the loss formulas of TRL and OpenRLHF give, by PyTorch's autograd.

Not needed to run or test the product. In a virtual environment with scripts/requirements-training.txt:

    python scripts/grpo_golden.py [--out packages/train/fixtures/grpo]

The formulas are written out here from the two projects' definitions (TRL 1.9 `GRPOTrainer`, OpenRLHF 0.11 `PolicyLoss`), on
padded [B, T] batches with masks that have holes where tools spoke, in float64. They share nothing with the TypeScript.
"""

import argparse
import json
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parent.parent
LENGTHS = [5, 9, 3, 7]
WIDTH = 14
GROUPS = [[1.0, 0.0, 0.0, 1.0], [0.2, 0.9, 0.4, 0.5], [1.725, 1.1, 0.0, 1.3]]


def make_batch(spread):
    """Log-probabilities on a [B, T] grid; model tokens lie wherever the mask is 1, not in one piece."""
    shape = (len(LENGTHS), WIDTH)
    mask = torch.zeros(shape, dtype=torch.float64)
    for row, length in enumerate(LENGTHS):
        mask[row, torch.randperm(WIDTH)[:length].sort().values] = 1
    old = -3 * torch.rand(shape, dtype=torch.float64)
    now = old + spread * torch.randn(shape, dtype=torch.float64)
    # Near enough that OpenRLHF's bound of 10 on a token's KL, which is no part of the estimators, is never reached.
    reference = now + 0.4 * torch.randn(shape, dtype=torch.float64)
    advantages = torch.tensor([1.3, -0.7, -1.1, 0.5], dtype=torch.float64)
    return mask, now, old, reference, advantages


def trl_loss(now, old, reference, advantages, mask, low, high, delta, level, beta, loss_type, max_length):
    log_ratio = now - old
    if level == "sequence":
        log_ratio = ((log_ratio * mask).sum(-1) / mask.sum(-1).clamp(min=1.0)).unsqueeze(-1)
    coef_1 = torch.exp(log_ratio)
    coef_2 = torch.clamp(coef_1, 1 - low, 1 + high)
    if delta is not None:
        coef_1 = torch.clamp(coef_1, max=delta)
    weight = advantages.unsqueeze(1)
    per_token = -torch.min(coef_1 * weight, coef_2 * weight)
    if beta != 0:
        difference = reference - now
        per_token = per_token + beta * (torch.exp(difference) - difference - 1)
    if loss_type == "grpo":
        return ((per_token * mask).sum(-1) / mask.sum(-1).clamp(min=1.0)).mean()
    if loss_type in ("bnpo", "dapo"):  # equal where one process holds the whole batch
        return (per_token * mask).sum() / mask.sum().clamp(min=1.0)
    if loss_type == "dr_grpo":
        return (per_token * mask).sum() / (per_token.size(0) * max_length)
    raise ValueError(loss_type)


def masked_mean(values, mask, dim=None):
    return (values * mask).sum(dim=dim) / mask.sum(dim=dim)


def openrlhf_kl(now, reference, estimator):
    difference = now - reference
    if estimator == "k1":
        kl = difference
    elif estimator == "k2":
        kl = difference**2 / 2.0
    else:
        kl = (-difference).exp() - 1 + difference
    return kl.clamp(min=-10, max=10)


def openrlhf_loss(now, old, reference, advantages, mask, low, high, dual_clip, kind, token_level, estimator, kl_coef):
    difference = now - old
    if kind == "gspo":
        ratio = (difference * mask).sum(-1) / mask.sum(-1)
        ratio = ratio.exp().unsqueeze(-1) * mask
    else:
        ratio = difference.clamp(min=-20.0, max=20.0).exp()
    weight = advantages.unsqueeze(-1)
    surrogate_1 = ratio * weight
    surrogate_2 = ratio.clamp(1 - low, 1 + high) * weight
    if dual_clip is None:
        loss = -torch.min(surrogate_1, surrogate_2)
    else:
        clip_1 = torch.min(surrogate_1, surrogate_2)
        clip_2 = torch.max(clip_1, dual_clip * weight)
        loss = -torch.where(weight < 0, clip_2, clip_1)
    loss = masked_mean(loss, mask) if token_level else masked_mean(loss, mask, dim=-1).mean()
    if kl_coef > 0:
        loss = loss + kl_coef * masked_mean(openrlhf_kl(now, reference, estimator), mask)
    return loss


TRL_CASES = [
    dict(loss_type=loss_type, level=level, beta=beta, delta=delta)
    for loss_type in ("grpo", "bnpo", "dapo", "dr_grpo")
    for level in ("token", "sequence")
    for beta, delta in ((0.0, None), (0.04, None), (0.1, 3.0))
]
OPENRLHF_CASES = [
    dict(kind=kind, token_level=token_level, dual_clip=dual_clip, estimator=estimator, kl_coef=kl_coef)
    for kind in ("ppo", "gspo")
    for token_level in (True, False)
    for dual_clip in (None, 3.0)
    for estimator, kl_coef in (("k3", 0.0), ("k1", 0.05), ("k2", 0.05), ("k3", 0.05))
    if token_level or kl_coef == 0  # its KL term is always a mean over tokens
]


def evaluate(loss_of, batch):
    mask, now, old, reference, advantages = batch
    now = now.clone().requires_grad_(True)
    loss = loss_of(now, old, reference, advantages, mask)
    loss.backward()
    return dict(loss=loss.item(), gradient=flat(now.grad, mask))


def flat(values, mask):
    return [round(value, 9) for value in values[mask.bool()].tolist()]


def advantage_rows():
    rows = []
    for rewards in GROUPS:
        r = torch.tensor(rewards, dtype=torch.float64)
        centred = r - r.mean()
        baseline = (r.sum() - r) / (len(rewards) - 1)
        rows.append(dict(
            rewards=rewards,
            mean=centred.tolist(),
            trl=(centred / (r.std() + 1e-4)).tolist(),
            verl=(centred / (r.std() + 1e-6)).tolist(),
            rloo=(r - baseline).tolist(),
        ))
    return rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=ROOT / "packages/train/fixtures/grpo")
    out = parser.parse_args().out
    torch.manual_seed(11)
    clip = dict(low=0.2, high=0.28)
    batches, cases = [], []
    for spread in (0.3, 1.2):  # the wider one reaches every bound
        batch = make_batch(spread)
        mask, now, old, reference, advantages = batch
        index = len(batches)
        batches.append(dict(
            lengths=LENGTHS, advantages=advantages.tolist(),
            now=flat(now, mask), old=flat(old, mask), reference=flat(reference, mask),
        ))
        for case in TRL_CASES:
            result = evaluate(lambda *b, c=case: trl_loss(*b, **clip, max_length=10, **c), batch)
            cases.append(dict(engine="trl", batch=index, **case, **result))
        for case in OPENRLHF_CASES:
            result = evaluate(lambda *b, c=case: openrlhf_loss(*b, **clip, **c), batch)
            cases.append(dict(engine="openrlhf", batch=index, **case, **result))
    out.mkdir(parents=True, exist_ok=True)
    content = dict(torch=torch.__version__, clip=clip, maxLength=10, advantages=advantage_rows(), batches=batches, cases=cases)
    (out / "cases.json").write_text(json.dumps(content, separators=(",", ":")) + "\n")
    print(f"{len(cases)} cases in {out / 'cases.json'}")


main()
