"""Stop words: words that carry a question rather than its subject.

They stay in the index. A query that has other words does not require them.
"""

STOP_WORDS = frozenset(
    """
    的 了 着 过 地 得 之 是 在 于 有 和 与 及 或 而 并 但 也 都 又 就 才 还 很 最 更 被 把 将 从 向 对 为 以 由 因 所 其
    这 那 此 该 各 每 某 我 你 您 他 她 它 们 我们 你们 他们 她们 它们 自己 这个 那个 这些 那些 这里 那里
    吗 呢 吧 啊 呀 么 嘛 什么 怎么 怎样 怎么样 怎么办 怎 如何 为何 为什么 何 何时 何地 哪 哪个 哪些 哪里 哪儿 哪种 哪一
    谁 多少 几 几个 是否 能否 可否 有没有 是不是 请问 关于 对于 以及 因为 所以 如果 虽然 但是 而且 或者 并且
    一个 一种 一些 可以 能 会 要 到 个 上 下 中 里 内 外 后 前 等 不 没有
    a an the of to in on for and or is are was were be by with at from as it this that what who how why when where which
    """.split()
)
