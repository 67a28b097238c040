# Kinds of plans: titles (the only place for a plan's own name), what each part is called, and what it asks.
# A prompt asks what helps now, and for nothing that was.

## Wellness plan

plan-wellness = Wellness plan
    .hint = What keeps you well, and what to do when it gets hard.
plan-wellness-me-when-well = Me when I am well
    .prompt = What are you like on a good day? What do people notice?
plan-wellness-toolbox = My toolbox
    .prompt = What helps you, big or small? What can you do in five minutes?
plan-wellness-everyday = Everyday things
    .prompt = What do you do most days that keeps you going?
plan-wellness-what-sets-me-off = What sets me off
    .prompt = What can throw you off balance? What do you do then?
plan-wellness-early-signs = Early signs
    .prompt = What small signs tell you that it is getting harder? What do you do then?
plan-wellness-much-harder = When it gets much harder
    .prompt = What do you do when it is much harder? Who do you turn to?
plan-wellness-hardest-times = In the hardest times
    .prompt = Who do you want near you? What helps, and what makes it worse?
plan-wellness-afterwards = Afterwards
    .prompt = What do you take up again first? What can wait?
plan-wellness-looking-after-us = How we look after us
    .prompt = What do you both do to keep this good for each of you?
plan-wellness-what-i-bring = What I bring
    .prompt = What do you bring to this? What has helped you?
plan-wellness-how-i-see-things = How I came to see things
    .prompt = What shaped how you see this? Say as much as you like.

## Safety plan

plan-safety = Safety plan
    .hint = Step by step, what you do and who you call when you want to stay alive.
plan-safety-signs = How I can tell
    .prompt = What do you think, feel or do when it starts to get hard?
plan-safety-alone = What I do on my own
    .prompt = What takes the edge off, with nobody there?
plan-safety-people-and-places = People and places that take my mind off it
    .prompt = Where do you go, and who do you see, to think of something else?
plan-safety-people-i-ask = People I can ask
    .prompt = Who can you tell that you want help now?
plan-safety-services-and-lines = Services and lines
    .prompt = Which lines and places do you want to have here? Try each number once.
plan-safety-safer-place = Making my place safer
    .prompt = What can be put out of reach? Who can keep it for you?
plan-safety-what-matters = What matters to me
    .prompt = Who or what do you want to be here for?
plan-safety-code-phrase = Code phrase
    .prompt = Which few words tell your person that you want company now?

## Relationship plan

plan-relationship = Relationship plan
    .hint = How the two of you want to be with each other.
plan-relationship-what-each-brings = What each of us brings
    .prompt = What do you bring? What would you like to learn?
plan-relationship-how-i-see-things = How I came to see things
    .prompt = What shaped how you see this? Say as much as you like.
plan-relationship-connection = When we are close, and when we are not
    .prompt = How do you both notice that you have lost touch? What brings you back?
plan-relationship-hard-feelings = Power and hard feelings
    .prompt = Who decides what? What do you do when one of you is hurt?
plan-relationship-moving-towards = What we move towards
    .prompt = What do you both want more of?
plan-relationship-looking-after-us = How we look after us
    .prompt = What do you both do to keep this good for each of you?

## Moving-on plan

plan-moving-on = Moving-on plan
    .hint = For the time after this support ends.
plan-moving-on-what-i-gained = What I gained
    .prompt = What do you have now that you did not have at the start?
plan-moving-on-people-and-places = My people and places
    .prompt = Who and where do you go to from now on?
plan-moving-on-what-i-keep-doing = What I keep doing
    .prompt = What do you want to keep up?
plan-moving-on-signs-and-people = Signs, and who I turn to
    .prompt = What tells you to reach out? Who do you reach out to?
plan-moving-on-how-to-come-back = How to come back
    .prompt = Is there a way back to this support? Who do you ask?
plan-moving-on-what-each-takes = What each of us takes along
    .prompt = What do you take with you from this time?
plan-moving-on-goodbye = Goodbye
    .prompt = What do you want to say before you part?

## Around a plan

plan-own-part-prompt = Write what you like here.
plan-part-empty = Nothing here yet.
plan-part-skipped = Left out for now.
plan-choose = Which kind of plan do you want to begin?
plan-nothing-shared = Nobody else sees it until you share it.
plan-made-by = Written by you, in your words.
