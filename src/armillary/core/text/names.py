"""Names of runs: two random words for flow runs, counted names for task runs, templates for both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from armillary.core.errors import InvalidOption, did_you_mean

MAXIMUM_CHARACTERS = 500

_ADJECTIVES = """
able agile airy amber ample amused ancient apt ardent artful astute aware balmy beaming blithe bold bonny bouncy brave breezy
bright brisk bronze bubbly busy calm candid caring casual catchy chatty cheerful chipper chirpy civil classy clean clear clever
cobalt comely cool copper coral cordial cosmic cosy courtly crafty crimson crisp curious curly dainty dapper daring dashing
deft deep dewy direct dreamy dulcet eager early earnest earthy easy elated elder elegant emerald eminent epic exact exotic fabled
fair faithful fancy fast fearless feisty fervent festive fiery fine firm fit fleet fluent fluffy fond frank free fresh frosty
funny gallant game gentle genial gifted giddy gilded glad gleaming glossy golden good graceful grand grateful great green groovy
hale handy happy hardy hearty helpful heroic honest hopeful humble humming icy ideal indigo inky intrepid jade jaunty jazzy jolly
jovial joyful jubilant just keen kind kingly lasting lavish lean limber lithe lively loyal lucid lucky lunar lush lyric magic
mellow merry mighty mild mindful mint misty modest mossy mottled neat nimble noble novel olive opal open orange orderly patient
pearly peppy perky placid playful plucky plum polite posh prime proud prudent pure quaint quick quiet radiant rapid rare ready
regal robust rosy royal ruby rugged russet rustic sage sandy sapphire scarlet serene sharp shiny shrewd silent silky silver sincere
sleek smart smiling smooth snappy snowy snug sober social soft solar solid sonic spirited spry stable stately steady stellar
stoic stout sturdy subtle sunny super supple sure swift tactful talented tame tangy teal tender thankful thrifty tidy tiny topaz
trim true trusty turquoise upbeat valiant vast velvet versed violet vital vivid warm wary whimsical willing wily windy winged wise
witty wondrous woolly worthy zany zealous zesty zippy
"""

_ANIMALS = """
aardvark adder albatross alligator alpaca ant anteater antelope ape armadillo auk avocet axolotl baboon badger barbet barracuda
bass bat beagle bear beaver bee beetle bison bittern boa boar bobcat bongo bonobo buffalo bulbul bullfinch bunting butterfly
buzzard camel canary capybara caracal cardinal caribou carp cat caterpillar cheetah chickadee chicken chinchilla chipmunk
cicada civet clam cobra cod collie condor coot coral cormorant cougar cow coyote crab crane cricket crocodile crow cuckoo curlew
deer dingo dipper dodo dog dolphin donkey dormouse dove dragonfly duck dugong dunlin eagle earwig echidna eel egret eland elephant
elk emu ermine falcon ferret finch firefly flamingo flounder fly fox frog galago gannet gazelle gecko gerbil gibbon giraffe gnu goat
goldfinch goose gopher gorilla grackle grebe grouse guanaco gull guppy haddock hamster hare harrier hawk hedgehog heron herring
hippo hoopoe hornbill hornet horse hound hummingbird husky hyena ibex ibis iguana impala jackal jackdaw jaguar jay jellyfish
kangaroo kestrel kingfisher kinkajou kite kiwi koala kookaburra kudu ladybird lamprey lapwing lark lemming lemur leopard liger
limpet linnet lion lizard llama lobster locust loon loris lynx macaw mackerel magpie mallard manatee mandrill manta mantis marlin
marmot marten meerkat merlin mink minnow mole mongoose monkey moose moth mouse mule mussel newt nightingale numbat nuthatch
ocelot octopus okapi opossum orca oriole oryx osprey ostrich otter owl ox oyster panda pangolin panther parrot partridge peacock
pelican penguin perch petrel pheasant pig pigeon pika pike piranha platypus plover pony poodle porcupine porpoise possum puffin
puma python quail quetzal quokka rabbit raccoon ram raven ray redstart reindeer rhea rhino roadrunner robin rook rooster salamander
salmon sandpiper sardine scallop seahorse seal serval shark sheep shrew shrike shrimp siskin skate skink skunk sloth snail snake
snipe sparrow spider spoonbill squid squirrel stag starfish starling stilt stingray stoat stork sturgeon swallow swan swift tamarin
tanager tapir tarsier tern thrush tiger toad tortoise toucan trout tuna turkey turtle urchin viper vole vulture wagtail wallaby
walrus warbler warthog weasel weevil whale wolf wolverine wombat woodpecker worm wren yak zebra zebu
"""

_words: tuple[list[str], list[str]] | None = None


def run_name(chance: Callable[[], float]) -> str:
    """Two words, adjective and animal, such as ``flashy-dove``. ``chance()`` is a fresh number in [0, 1).

    >>> run_name(lambda: 0.0)
    'able-aardvark'
    """
    global _words
    if _words is None:
        _words = (_ADJECTIVES.split(), _ANIMALS.split())
    adjectives, animals = _words
    return f"{adjectives[int(chance() * len(adjectives))]}-{animals[int(chance() * len(animals))]}"


def task_run_name(task_name: str, index: int) -> str:
    """The name of the ``index``-th run (from 0) of a task in its flow run.

    >>> task_run_name("load", 0)
    'load-0'
    """
    return f"{task_name}-{index}"


def flow_name_from(function_name: str) -> str:
    """A flow's default name: its function's, ``_`` as ``-``.

    >>> flow_name_from("train_model")
    'train-model'
    """
    return function_name.replace("_", "-")


def checked_name(name: str, what: str) -> str:
    """``name`` unchanged. Raises :class:`InvalidOption` if it could not be read, stored or typed."""
    if not name.strip():
        raise InvalidOption(f"The {what} is empty.", subject=what, advice="Give at least one visible character.")
    if len(name) > MAXIMUM_CHARACTERS:
        raise InvalidOption(
            f"The {what} {name[:30]!r}… has {len(name)} characters.",
            subject=what,
            advice=f"Give at most {MAXIMUM_CHARACTERS}.",
        )
    bad = next((letter for letter in name if not letter.isprintable()), None)
    if bad is not None:
        raise InvalidOption(
            f"The {what} {name!r} contains {bad!r}.",
            subject=what,
            advice="Leave out line breaks and control characters.",
        )
    return name


def checked_run_name(name: Any) -> str:
    """The run name a function returned, truncated if long. Raises :class:`InvalidOption` unless it is non-blank text.

    >>> checked_run_name("two\\nlines")
    'two lines'
    """
    if not isinstance(name, str):
        raise InvalidOption(
            f"The run name function returned {name!r} of type {type(name).__name__!r}.",
            advice="Let it return text.",
        )
    readable = "".join(letter if letter.isprintable() else " " for letter in name[:MAXIMUM_CHARACTERS])
    return checked_name(readable, "run name")


def filled_template(template: str, parameters: Mapping[str, Any]) -> str:
    """A run's name from its template and the run's parameters. Raises :class:`InvalidOption` for a field that is not one of them.

    >>> filled_template("load {path}", {"path": "trips.parquet"})
    'load trips.parquet'
    """
    try:
        name = template.format_map(parameters)
    except KeyError as problem:
        field = str(problem.args[0])
        raise InvalidOption(
            f"The run name {template!r} uses {field!r}, which is not a parameter of the function.",
            subject=field,
            advice=did_you_mean(field, parameters),
        ) from None
    except (ValueError, IndexError, AttributeError, TypeError) as problem:
        raise InvalidOption(
            f"The run name {template!r} cannot be filled in: {problem}.",
            subject=template,
            advice='Name parameters in braces, for example "load {path}".',
        ) from None
    return checked_run_name(name)
