"""The made-up world of the model: names, questions, tool results and the one right answer to each.

Values (names, cities, items, operand pairs) are split by a hash: a fifth of them is held out and never
occurs in training. Tool results are mostly random, so that an answer can only be right by copying.
"""
import random
import re
import zlib

FIRST = """Maria Anna Paul Ivan Lena Omar Nina Hugo Sara Luis Emma Noah Mila Jonas Aisha Kenji Priya Marta
Pedro Elena David Laura Victor Olga Samuel Ruth Carlos Yuki Fatima Henrik Ingrid Pablo Rosa Tomas Ursula Walter
Xenia Zoe Adam Bella Chen Diego Erik Fiona Greta Hannah Isaac Julia Karl Linda Mark Nora Oscar Petra Rahul
Sofia Tina Viktor Wanda Amir Bruno Clara Denis Eva Felix Gloria Helen Igor Joana Kira Leon Magda Nils Otto
José Zoë René Søren Jürgen Chloé""".split()
LAST = """Lopez Smith Garcia Novak Kim Tanaka Silva Rossi Muller Jensen Kowalski Ivanov Haddad Okafor Patel Nguyen
Schmidt Dubois Moreau Berg Larsen Costa Santos Weber Fischer Horvat Popov Ali Khan Singh Brown Johnson Miller
Davis Wilson Moore Taylor Clark Lewis Walker Young Allen King Wright Scott Green Baker Adams Nelson Hill
Campbell Mitchell Roberts Carter Phillips Evans Turner Torres Parker Collins Edwards Stewart Morris Murphy
Núñez Müller Gómez Åberg Lefèvre""".split()
CITY = """Oslo Paris London Berlin Madrid Rome Lisbon Vienna Prague Warsaw Dublin Athens Helsinki Stockholm
Copenhagen Budapest Brussels Amsterdam Zurich Geneva Milan Naples Turin Lyon Nice Porto Seville Valencia Hamburg
Munich Cologne Tokyo Kyoto Osaka Seoul Beijing Shanghai Mumbai Delhi Cairo Lagos Nairobi Accra Tunis Dakar Lima
Quito Bogota Santiago Havana Toronto Montreal Vancouver Chicago Boston Denver Seattle Dallas Houston Miami
Atlanta Phoenix Portland Austin Sydney Melbourne Perth Auckland Bergen Malmo Tampere Riga Tallinn Vilnius Minsk
Kyiv Sofia Bucharest Belgrade Zagreb Split Ankara Istanbul Tehran Baghdad Riyadh Dubai Doha Karachi Lahore Dhaka
Hanoi Manila Jakarta Bangkok Zürich Málaga Tromsø Orléans Kraków""".split()
CITY_START = ["San", "New", "Port", "Santa", "Old", "Lake", "Saint", "Fort"]
ADJECTIVE = """red blue green black white brass wooden steel glass silver golden plastic leather cotton silk round
square small large heavy light folding electric old new cheap soft hard tall short long wide narrow warm cold
striped painted yellow purple orange grey paper stone copper woollen""".split()
NOUN = """lamp chair table desk clock mirror carpet kettle teapot cup plate bowl spoon fork knife bottle vase basket
bucket ladder hammer drill saw rope tent boat bicycle helmet jacket coat shirt scarf hat glove boot sandal
guitar piano drum violin flute camera radio phone laptop keyboard printer pencil notebook stapler backpack
umbrella pillow blanket mattress curtain shelf sofa stove fridge toaster blender""".split()
CONDITION = """rain sun snow fog wind clouds storms drizzle hail thunder sleet mist sunshine showers frost haze
ice""".split()
ONSET = "b c d f g h j k l m n p r s t v w z br ch cl dr fl gr kr pl sh st th tr".split() + [""]
VOWEL = "a e i o u a e i o ai au ea ei ia io oo ou y".split()
CODA = [""] * 10 + "l m n r s t k nd ng rk rt x".split()
ACCENT = str.maketrans("aeiou", "áéïøü")

# Small talk: a reply and the prompts that get it.
SMALL_TALK = [
    ("Hello! How can I help you?", ["Hello", "Hello there", "Hello again", "Hello to you", "Hello my friend"]),
    ("Hi! What can I do for you?", ["Hi", "Hi there", "Hey", "Hey there", "Hi again", "Hey you"]),
    ("Good morning! What can I do for you today?",
     ["Good morning", "Morning", "Good morning to you", "A very good morning"]),
    ("Good evening! What can I do for you tonight?", ["Good evening", "Evening", "Good evening to you"]),
    ("I am a tiny assistant that can use tools.",
     ["Who are you", "What are you", "Tell me who you are", "Who am I talking to", "Introduce yourself",
      "So who are you", "Are you a robot"]),
    ("You can call me Tiny.",
     ["What is your name", "Tell me your name", "Do you have a name", "How should I call you"]),
    ("I am fine, thank you. How are you?",
     ["How are you", "How are you doing", "How do you do", "How is it going", "Are you well"]),
    ("You are welcome!",
     ["Thanks", "Thank you", "Thanks a lot", "Thank you very much", "Many thanks", "Great, thanks"]),
    ("Goodbye! Have a nice day.",
     ["Goodbye", "Bye", "Bye bye", "See you", "See you later", "I have to go now", "Good night"]),
    ("Why did the number cross the road? It wanted to be on the other side of the equation.",
     ["Tell me a joke", "Do you know a joke", "Make me laugh", "Say something funny", "A joke"]),
    ("I can calculate, look up the weather, find people and tell prices.",
     ["What can you do", "How can you help me", "What do you know", "What are you good at",
      "Which tools do you have"]),
    ("I am glad to hear that.",
     ["I am happy", "I feel great", "I am doing fine", "All is well", "I had a good day"]),
    ("I am sorry to hear that. I hope it gets better soon.",
     ["I am sad", "I feel bad", "I am tired", "I had a bad day", "I am not well"]),
    ("Thank you, that is kind of you.",
     ["You are great", "Well done", "Good job", "Nice work", "I like you", "You are very helpful"]),
    ("My favorite color is green.",
     ["What is your favorite color", "Which color do you like", "Do you like green"]),
    ("I do not eat, but bread smells nice in stories.",
     ["What do you like to eat", "Are you hungry", "What is your favorite food"]),
    ("I was trained on two small processor cores.",
     ["Where do you come from", "Who made you", "How were you made", "Where are you from"]),
    ("I am very small, only about a million numbers.",
     ["How big are you", "How large are you", "Are you big", "How small are you"]),
    ("Okay.", ["Okay", "All right", "Fine", "I see", "Never mind"]),
    ("Roses are red, the sky is wide, a tool is waiting at my side.",
     ["Tell me a poem", "Write a poem", "Do you know a poem", "A poem"]),
]
NO_TOOL = "I have no tool for that."
SYSTEM = ["You are a helpful assistant.", "You are a helpful assistant that can use tools.",
          "Answer briefly.", "You are a friendly shop assistant. Be polite.",
          "Use the tools when they help, and keep your answers short.", "You are Tiny."]
GREETING = ["Hi! ", "Hello, ", "Please tell me: ", "Hey, ", "Quick question: ", "Thanks. "]


def held(text):
    """Whether a value belongs to the held-out fifth."""
    return zlib.crc32(text.lower().encode()) % 5 == 0


class World:
    """Draws random values, all from the training part or all from the held-out part."""

    def __init__(self, seed, heldout=False, small_talk_exclude=(), odd=(), pieces=()):
        self.rng, self.heldout, self.exclude = random.Random(seed), heldout, set(small_talk_exclude)
        self.odd, self.pieces = odd, pieces

    def pick(self, options):
        return self.rng.choice(options)

    def chance(self, p):
        return self.rng.random() < p

    def split(self, draw):
        while True:
            value = draw()
            if held(value) == self.heldout:
                return value

    def syllables(self, low, high):
        def draw():
            word = "".join(self.pick(ONSET) + self.pick(VOWEL) + self.pick(CODA)
                           for _ in range(self.rng.randint(low, high)))
            return word.translate(ACCENT) if self.chance(0.03) else word
        return self.split(lambda: re.sub(r"(.)\1\1+", r"\1", draw()))

    def odd_word(self):
        """A word that syllables do not make: tokens strung together (so that each token is copied at times),
        rare letters, or a word that has a token with its space."""
        if self.pieces and self.chance(0.75):
            return self.split(lambda: "".join(self.pick(self.pieces) for _ in range(self.rng.randint(1, 3))))
        if self.chance(0.5):
            return self.pick(self.odd)
        letters = "abcdefghijklmnopqrstuvwxyzqxjzwyváéüñöç"
        return self.split(lambda: "".join(self.pick(letters) for _ in range(self.rng.randint(2, 7))))

    def word(self, real, low, high, share=0.35):
        if self.odd and self.chance(0.35 if self.pieces else 0.15):
            return self.odd_word()
        if self.chance(share):
            return self.split(lambda: self.pick(real))
        return self.syllables(low, high)

    def name(self, real, low, high):
        word = self.word(real, low, high)
        return word[0].upper() + word[1:]

    def person(self):
        return self.name(FIRST, 1, 3) + " " + self.name(LAST, 2, 3)

    def city(self):
        city = self.name(CITY, 2, 4)
        return self.pick(CITY_START) + " " + city if self.chance(0.1) else city

    def item(self):
        noun = self.word(NOUN, 2, 3, 0.5)
        return noun if self.chance(0.3) else self.word(ADJECTIVE, 1, 2, 0.6) + " " + noun

    def number(self):
        return self.rng.randint(1, 10 ** self.rng.randint(1, 4) - 1)

    def operands(self):
        pair = self.split(lambda: f"{self.number()},{self.number()}")
        return tuple(int(n) for n in pair.split(","))

    def result(self):
        """A random number as a calculator may write it."""
        text = str(self.rng.randint(0, 10 ** self.rng.randint(1, 7) - 1))
        if self.chance(0.2):
            text += "." + "".join(self.pick("0123456789") for _ in range(self.rng.randint(1, 6)))
        return "-" + text if self.chance(0.1) else text

    def price(self):
        text = str(self.number())
        return text + self.pick([".5", ".99", ".25", ".90", ".75", ".10", ".49"]) if self.chance(0.25) else text

    def weather(self):
        if self.chance(0.1):  # free text, so that any wording is copied
            words = [self.word(CONDITION + ADJECTIVE, 1, 2, 0.7) for _ in range(self.rng.randint(1, 4))]
            return " ".join(words)
        degrees = self.rng.randint(-15, 42)
        return f"{degrees} degrees and {self.word(CONDITION, 1, 2, 0.85)}"

    def error(self):
        thing = self.pick(["city", "person", "item", "name", "expression", "value"])
        word = self.word(NOUN, 1, 3, 0.3)
        return self.pick([f"no such {thing}", f"{thing} not found", f"unknown {thing}", f"unknown {thing} {word}",
                          "division by zero", "service unavailable", f"timeout after {self.number()} seconds",
                          f"code {self.number()}", f"{word} not found", f"no {word} for this {thing}",
                          f"the {word} is {self.word(ADJECTIVE, 1, 2)}", f"invalid {thing}"])


def call(name, value):
    argument = {"calculator": "expression", "get_weather": "city", "find_person": "name", "get_price": "item"}
    return {"name": name, "arguments": {argument[name]: value}}


def sorry(error):
    return f"Sorry, that did not work: {error}."


def scenario(prompt, calls, results, answer):
    return {"prompt": prompt, "calls": calls, "results": results, "answer": answer}


def real_value(a, op, b):
    value = {"+": a + b, "-": a - b, "*": a * b, "/": a / b}[op]
    return str(int(value)) if value == int(value) else str(round(value, 4))


def calculator(w, made_up=None):
    a, b = w.operands()
    op = w.pick("+-*/")
    e = f"{a} {op} {b}"
    words = {
        "+": [f"What is {a} plus {b}?", f"Add {a} and {b}.", f"What is the sum of {a} and {b}?"],
        "-": [f"What is {a} minus {b}?", f"How much is {a} minus {b}?", f"Subtract {b} from {a}."],
        "*": [f"What is {a} times {b}?", f"Multiply {a} by {b}.", f"How much is {a} times {b}?"],
        "/": [f"What is {a} divided by {b}?", f"Divide {a} by {b}.", f"How much is {a} divided by {b}?"]}[op]
    plain = [f"What is {e}?", f"Calculate {e}.", f"Compute {e}.", f"How much is {e}?", f"{e} = ?",
             f"Can you work out {e}?", f"Please calculate {e} for me.", f"What's {e}?", e]
    prompt = w.pick(words) if w.chance(0.4) else w.pick(plain)
    made_up = w.chance(0.7) if made_up is None else made_up
    r = w.result() if made_up else real_value(a, op, b)
    return scenario(prompt, [[call("calculator", e)]], [[r]], f"{e} is {r}.")


def weather(w):
    c, r = w.city(), w.weather()
    prompt = w.pick([f"What is the weather in {c}?", f"How is the weather in {c}?", f"What's the weather like in {c}?",
                     f"Tell me the weather in {c}.", f"Weather in {c}?", f"What is the weather like in {c} today?",
                     f"Can you check the weather in {c}?", f"Give me the weather for {c}."])
    return scenario(prompt, [[call("get_weather", c)]], [[r]], f"The weather in {c} is {r}.")


def person(w):
    n, c = w.person(), w.city()
    prompt = w.pick([f"Where does {n} live?", f"In which city does {n} live?", f"Which city does {n} live in?",
                     f"Find {n}.", f"Tell me where {n} lives.", f"Where can I find {n}?",
                     f"Do you know where {n} lives?"])
    return scenario(prompt, [[call("find_person", n)]], [[c]], f"{n} lives in {c}.")


def price(w):
    i, r = w.item(), w.price()
    prompt = w.pick([f"What is the price of the {i}?", f"How much is the {i}?", f"What does the {i} cost?",
                     f"How much does the {i} cost?", f"Tell me the price of the {i}.", f"Price of the {i}?",
                     f"Can you look up the price of the {i}?"])
    return scenario(prompt, [[call("get_price", i)]], [[r]], f"The {i} costs {r}.")


def person_weather(w):
    n, c, r = w.person(), w.city(), w.weather()
    prompt = w.pick([f"What is the weather where {n} lives?", f"How is the weather where {n} lives?",
                     f"Tell me the weather where {n} lives.", f"What is the weather like in the city of {n}?",
                     f"What's the weather like at the home of {n}?", f"Find {n} and tell me the weather there."])
    return scenario(prompt, [[call("find_person", n)], [call("get_weather", c)]], [[c], [r]],
                    f"{n} lives in {c}, and the weather there is {r}.")


def price_total(w):
    i, p, n, r = w.item(), w.price(), w.rng.randint(2, 99), w.result()
    prompt = w.pick([f"What do {n} pieces of the {i} cost?", f"How much are {n} pieces of the {i}?",
                     f"What is the total price of {n} pieces of the {i}?", f"How much do {n} pieces of the {i} cost?",
                     f"I want {n} pieces of the {i}. How much is that?"])
    return scenario(prompt, [[call("get_price", i)], [call("calculator", f"{p} * {n}")]], [[p], [r]],
                    f"{n} pieces of the {i} cost {r}.")


def two_steps(w):
    (a, b), c, r, s = w.operands(), w.number(), w.result(), w.result()
    op, word = w.pick([("+", "add"), ("-", "subtract"), ("*", "multiply by"), ("/", "divide by")])
    first = w.pick("+-*/")
    e = f"{a} {first} {b}"
    prompt = w.pick([f"Calculate {e}, then {word} {c}.", f"First compute {e} and then {word} {c}.",
                     f"What is {e}? Then {word} {c}.", f"Work out {e}, and after that {word} {c}.",
                     f"Take {e} and {word} {c}."])
    return scenario(prompt, [[call("calculator", e)], [call("calculator", f"{r} {op} {c}")]], [[r], [s]],
                    f"The result is {s}.")


def parallel(w):
    kind = w.pick("wwwpn")
    if kind == "w":
        a, b, r, s = w.city(), w.city(), w.weather(), w.weather()
        prompt = w.pick([f"What is the weather in {a} and in {b}?", f"How is the weather in {a} and in {b}?",
                         f"Tell me the weather in {a} and in {b}.", f"Compare the weather in {a} and {b}.",
                         f"What's the weather like in {a} and {b}?", f"Weather in {a} and {b}?"])
        tool, lines = "get_weather", (f"The weather in {a} is {r}.", f"The weather in {b} is {s}.")
    elif kind == "p":
        a, b, r, s = w.item(), w.item(), w.price(), w.price()
        prompt = w.pick([f"What do the {a} and the {b} cost?", f"How much are the {a} and the {b}?",
                         f"Compare the price of the {a} and the {b}.", f"Tell me the prices of the {a} and the {b}.",
                         f"What are the prices of the {a} and the {b}?"])
        tool, lines = "get_price", (f"The {a} costs {r}.", f"The {b} costs {s}.")
    else:
        a, b, r, s = w.person(), w.person(), w.city(), w.city()
        prompt = w.pick([f"Where do {a} and {b} live?", f"In which cities do {a} and {b} live?",
                         f"Tell me where {a} and {b} live.", f"Find {a} and {b}.",
                         f"Where can I find {a} and {b}?"])
        tool, lines = "find_person", (f"{a} lives in {r}.", f"{b} lives in {s}.")
    return scenario(prompt, [[call(tool, a), call(tool, b)]], [[r, s]], " ".join(lines))


def failing(w, base=None):
    """Any scenario of calls in turn, broken off by an error at one of its steps."""
    s = (base or w.pick([calculator, weather, person, price, person_weather, price_total, two_steps]))(w)
    step, error = w.rng.randrange(len(s["calls"])), w.error()
    return scenario(s["prompt"], s["calls"][:step + 1], s["results"][:step] + [["error: " + error]], sorry(error))


def small_talk(w):
    while True:
        reply, prompts = w.pick(SMALL_TALK)
        p = w.pick(prompts)
        if w.chance(0.25):
            p = w.pick(["Oh, ", "Well, ", "So, ", "Now, ", "Okay, ", "Hi, ", "Hmm, "]) + p[0].lower() + p[1:]
        if w.chance(0.25):
            p += w.pick([" please", ", please", " now", " today", " my friend", " then", ", assistant", ", tiny one"])
        p += w.pick(["", "", "?", "!", "."])
        if w.chance(0.15):
            p = p.lower()
        elif w.chance(0.05):
            p = p.upper()
        if p not in w.exclude:
            return scenario(p, [], [], reply)


def unable(w):
    """A question that would need a tool, in a chat without tools."""
    s = w.pick([weather, person, price])(w)
    return scenario(s["prompt"], [], [], NO_TOOL)


def roughen(w, s):
    """People greet first and forget full stops; it must not matter."""
    p = s["prompt"]
    if w.chance(0.08):
        p = w.pick(GREETING) + p
    if w.chance(0.06):
        p = p.rstrip("?.! =") if s["calls"] else p
    elif w.chance(0.05):
        p = p[0].lower() + p[1:]
    return dict(s, prompt=p)


# Category: function, share in training, the tools it needs.
CATEGORIES = {
    "calculator": (calculator, 16, {"calculator"}),
    "weather": (weather, 10, {"get_weather"}),
    "person": (person, 10, {"find_person"}),
    "price": (price, 10, {"get_price"}),
    "person_weather": (person_weather, 12, {"find_person", "get_weather"}),
    "price_total": (price_total, 9, {"get_price", "calculator"}),
    "two_steps": (two_steps, 9, {"calculator"}),
    "parallel": (parallel, 14, {"get_weather", "get_price", "find_person"}),
    "error": (failing, 8, {"calculator", "get_weather", "find_person", "get_price"}),
    "small_talk": (small_talk, 9, set()),
}


def draw(w, tool_names):
    """A conversation of one or two exchanges for the training."""
    if not tool_names:
        make = lambda: unable(w) if w.chance(0.2) else small_talk(w)
    else:
        able = [(f, share) for f, share, needs in CATEGORIES.values() if needs <= tool_names]
        functions, shares = zip(*able)
        make = lambda: roughen(w, w.rng.choices(functions, shares)[0](w))
    return [make() for _ in range(2 if w.chance(0.1) else 1)]


def blind_set(odd):
    """What heldout.jsonl holds: drawn when the weights were final, so nobody looked at it before. Its small talk is the development
    set's, because these prompts are the ones kept out of the training."""
    development = heldout_set(odd)
    blind = heldout_set(odd, (9001, 9002))
    talk = ("small-talk", "plain")
    return [old if old["category"] in talk else new for old, new in zip(development, blind)]


def heldout_set(odd, seeds=(2024, 2025)):
    """300 prompts with held-out values, which avoid the odd words, since these are all trained; by default the development set."""
    w, spare = (World(seed, heldout=True) for seed in seeds)
    plan = [("calc", calculator, 60), ("weather", weather, 40), ("person", person, 30), ("price", price, 30),
            ("person-weather", person_weather, 35), ("price-total", price_total, 15), ("two-steps", two_steps, 15),
            ("parallel", parallel, 30), ("small-talk", small_talk, 20), ("error", failing, 15), ("plain", small_talk, 10)]
    lines, seen = [], set()

    def odd_value(s):
        values = [v for turn in s["calls"] for c in turn for v in c["arguments"].values()]
        return any(word in odd for value in values for word in value.lower().split())

    for category, make, count in plan:
        for n in range(count):
            draw_one = lambda w: make(w, n % 2 == 0) if category == "calc" else make(w)
            s = draw_one(w)
            while s["prompt"] in seen:
                s = draw_one(w)
            while s["prompt"] in seen or odd_value(s):
                s = draw_one(spare)
            seen.add(s["prompt"])
            lines.append({"id": f"{category}-{n + 1:03d}", "category": category, "prompt": s["prompt"],
                          "tools": category != "plain", "calls": s["calls"], "results": s["results"],
                          "answer": s["answer"]})
    return lines
